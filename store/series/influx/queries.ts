import { escape as escaped } from 'influx';
import type { LatestRow, Row, SeriesQuery } from '../contract.ts';
import { measurementOf } from '../point-check.ts';

/** The part of InfluxDB's JSON answer that is read here. */
export interface InfluxAnswer {
  readonly results: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly tags?: Readonly<Record<string, string>>;
      readonly columns: readonly string[];
      readonly values: readonly (readonly (number | string | null)[])[];
      /** The engine's own limit cut the answer off. */
      readonly partial?: boolean;
    }[];
  }[];
}

/** InfluxQL of a window; undefined when nothing can match. */
export function windowQuery(query: SeriesQuery, fields: readonly string[]): string | undefined {
  if (fields.length === 0 || query.limit === 0) return undefined;
  const names = fields.map((field) => escaped.quoted(field));
  const where = [`time >= ${Math.ceil(query.from)}ms`, `time < ${Math.ceil(query.to)}ms`];
  for (const [tag, value] of Object.entries(query.where))
    where.push(`${escaped.quoted(tag)} = ${escaped.stringLit(value)}`);
  const select = query.every_ms === undefined ? names : names.map((name) => `mean(${name})`);
  const group = query.every_ms === undefined ? '' : ` GROUP BY time(${query.every_ms}ms) fill(none)`;
  const limit = query.limit === undefined ? '' : ` LIMIT ${query.limit}`;
  const from = escaped.quoted(query.measurement);
  return `SELECT ${select.join(', ')} FROM ${from} WHERE ${where.join(' AND ')}${group}${limit}`;
}

/** Fields asked for that the catalogue has, each once. */
export function knownFields(query: SeriesQuery): readonly string[] {
  const known = measurementOf(query.measurement)?.fields ?? [];
  return [...new Set(query.fields)].filter((field) => known.includes(field));
}

export function windowRows(answer: InfluxAnswer, fields: readonly string[]): readonly Row[] {
  const rows = answer.results[0]?.series?.[0]?.values ?? [];
  return rows.map((row) => {
    const values: Record<string, number> = {};
    fields.forEach((field, i) => {
      const value = row[i + 1];
      if (typeof value === 'number') values[field] = value;
    });
    return { ts: Number(row[0]), values };
  });
}

/** `last()` tells its own time only when it is alone: a statement per field. */
export function latestQueries(measurement: string, fields: readonly string[]): readonly string[] {
  return fields.map(
    (field) => `SELECT last(${escaped.quoted(field)}) FROM ${escaped.quoted(measurement)} GROUP BY "asset"`,
  );
}

export function latestRows(answer: InfluxAnswer, fields: readonly string[]): readonly LatestRow[] {
  const assets = new Map<string, Record<string, { value: number; ts: number }>>();
  answer.results.forEach((result, i) => {
    const field = fields[i];
    for (const { tags, values } of result.series ?? []) {
      const [ts, value] = values[0] ?? [];
      const asset = tags?.['asset'];
      if (field === undefined || asset === undefined || typeof value !== 'number') continue;
      const held = assets.get(asset) ?? {};
      held[field] = { value, ts: Number(ts) };
      assets.set(asset, held);
    }
  });
  return [...assets].map(([asset, values]) => ({ asset, values }));
}

/**
 * Points, not values: InfluxQL counts values of a field, and no field is in every point. Selected in a subquery, the
 * tag that every point has becomes a column that can be counted.
 */
export function countQuery(measurement: string, fields: readonly string[]): string {
  const names = fields.map((field) => escaped.quoted(field)).join(', ');
  return `SELECT count("asset") FROM (SELECT ${names}, "asset" FROM ${escaped.quoted(measurement)})`;
}

export function countIn(answer: InfluxAnswer): number {
  return Number(answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0);
}
