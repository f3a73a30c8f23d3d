import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR_MS } from '../../../model/clock.ts';
import type { Point } from '../../../model/point.ts';
import { type Days, rollUpDays } from './days.ts';
import { type Column, prepareColumns, quoted, type Table } from './tables.ts';

/** Stretches of dirty hours mended at a time; the rest waits for the next time, so that writes need not wait long. */
const MOST_STRETCHES = 100;

/**
 * Sums and counts of each series by hour, from which the mean of any whole hours follows exactly as from the points
 * (a mean of means would not: hours have different numbers of points). Only hours that are over are rolled up.
 */
export interface Rollup {
  /** `series INTEGER, hour BIGINT`, and `sum_…`, `n_…` per field. */
  readonly name: string;
  /** Hours that begin before this are rolled up, except the dirty ones. Epoch milliseconds, a whole hour. */
  through: number;
  /** Beginnings of hours that got points after they were rolled up; read from the points until they are mended. */
  readonly dirty: Set<number>;
  /** Time of the newest point. */
  newest: number;
  readonly days: Days;
}

export type Rollups = ReadonlyMap<string, Rollup>;

export function hourOf(ts: number): number {
  return ts - (ts % HOUR_MS);
}

/** Creates what is missing. A file from before there were roll-ups is rolled up after the next write. */
export async function prepareRollups(
  writer: DuckDBConnection,
  tables: ReadonlyMap<string, Table>,
): Promise<Rollups> {
  await writer.run('CREATE TABLE IF NOT EXISTS dirty (measurement VARCHAR NOT NULL, hour BIGINT NOT NULL)');
  const rollups = new Map<string, Rollup>();
  for (const { measurement, name: points, fields } of tables.values()) {
    const name = quoted(`hours_${measurement}`);
    await prepareSums(writer, name, 'hour', fields);
    const through = await prepareMeta(writer, `rolled_${measurement}`);
    const days = {
      name: quoted(`days_${measurement}`),
      through: await prepareMeta(writer, `days_${measurement}`),
    };
    await prepareSums(writer, days.name, 'day', fields);
    const newest = await single(writer, `SELECT max(ts) FROM ${points}`);
    const rows = await writer.runAndReadAll(`SELECT hour FROM dirty WHERE measurement = '${measurement}'`);
    const dirty = new Set(rows.getRows().map(([hour]) => Number(hour)));
    rollups.set(measurement, { name, through, dirty, newest, days });
  }
  return rollups;
}

/** A table of sums and counts of the fields by series and hour or day. */
async function prepareSums(
  writer: DuckDBConnection,
  table: string,
  time: string,
  fields: readonly string[],
): Promise<void> {
  const columns = fields.flatMap((field): Column[] => [
    [`sum_${field}`, 'DOUBLE'],
    [`n_${field}`, 'INTEGER'],
  ]);
  await prepareColumns(writer, table, [
    ['series', 'INTEGER NOT NULL'],
    [time, 'BIGINT NOT NULL'],
    ...columns,
  ]);
}

/** A number that the file keeps, 0 at first. */
async function prepareMeta(writer: DuckDBConnection, name: string): Promise<number> {
  await writer.run(`INSERT INTO meta VALUES ('${name}', 0) ON CONFLICT DO NOTHING`);
  return single(writer, `SELECT value FROM meta WHERE name = '${name}'`);
}

async function single(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
}

export function sumOf(field: string): string {
  return quoted(`sum_${field}`);
}

export function countOf(field: string): string {
  return quoted(`n_${field}`);
}

/** Hours of these points that are rolled up and not dirty yet, by measurement. */
export function hoursTouched(rollups: Rollups, points: readonly Point[]): Map<string, Set<number>> {
  const touched = new Map<string, Set<number>>();
  for (const { measurement, ts } of points) {
    const rollup = rollups.get(measurement);
    if (rollup === undefined || ts >= rollup.through || rollup.dirty.has(hourOf(ts))) continue;
    const hours = touched.get(measurement) ?? new Set();
    hours.add(hourOf(ts));
    touched.set(measurement, hours);
  }
  return touched;
}

/** In the transaction of the points: after a crash no stale hour passes for a good one. */
export async function markDirty(
  writer: DuckDBConnection,
  touched: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<void> {
  for (const [measurement, hours] of touched) {
    const rows = [...hours].map((hour) => `('${measurement}', ${hour})`);
    await writer.run(`INSERT INTO dirty VALUES ${rows.join(', ')}`);
  }
}

/** The batch is committed. */
export function noteTouched(
  rollups: Rollups,
  touched: ReadonlyMap<string, ReadonlySet<number>>,
  points: readonly Point[],
): void {
  for (const [measurement, hours] of touched)
    for (const hour of hours) rollups.get(measurement)?.dirty.add(hour);
  for (const { measurement, ts } of points) {
    const rollup = rollups.get(measurement);
    if (rollup !== undefined && ts > rollup.newest) rollup.newest = ts;
  }
}

/** Hours next to each other as one stretch, `from` ≤ hour < `to`. */
export function stretches(hours: Iterable<number>): { from: number; to: number }[] {
  const merged: { from: number; to: number }[] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = merged.at(-1);
    if (last?.to === hour) last.to = hour + HOUR_MS;
    else merged.push({ from: hour, to: hour + HOUR_MS });
  }
  return merged;
}

/** Rolls up the hours before `until` that are not yet, mends dirty ones, and does the same to their days, in one transaction. */
export async function rollUp(
  writer: DuckDBConnection,
  table: Table,
  rollup: Rollup,
  until: number,
): Promise<void> {
  const { measurement, name: points, fields } = table;
  const columns = fields.flatMap((field) => [sumOf(field), countOf(field)]);
  const sums = fields.flatMap((field) => [`sum(${quoted(field)})`, `count(${quoted(field)})`]);
  const insert = ({ from, to }: { from: number; to: number }) =>
    writer.run(`INSERT INTO ${rollup.name} (series, hour, ${columns.join(', ')})
      SELECT series, ts - ts % ${HOUR_MS} AS hour, ${sums.join(', ')} FROM ${points}
      WHERE ts >= ${from} AND ts < ${to} GROUP BY series, hour ORDER BY hour, series`);
  const mended = stretches(rollup.dirty).slice(0, MOST_STRETCHES);
  const through = Math.max(rollup.through, until);
  let days = rollup.days.through;
  await writer.run('BEGIN');
  try {
    for (const stretch of mended) {
      const within = `hour >= ${stretch.from} AND hour < ${stretch.to}`;
      await writer.run(`DELETE FROM ${rollup.name} WHERE ${within}`);
      await insert(stretch);
      await writer.run(`DELETE FROM dirty WHERE measurement = '${measurement}' AND ${within}`);
    }
    if (until > rollup.through) {
      await insert({ from: rollup.through, to: until });
      await writer.run(`UPDATE meta SET value = ${until} WHERE name = 'rolled_${measurement}'`);
    }
    days = await rollUpDays(writer, table, rollup.days, { name: rollup.name, mended, until: through });
    await writer.run('COMMIT');
  } catch (error) {
    await writer.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  for (const { from, to } of mended)
    for (let hour = from; hour < to; hour += HOUR_MS) rollup.dirty.delete(hour);
  rollup.through = through;
  rollup.days.through = days;
}
