import type { DuckDBConnection } from '@duckdb/node-api';
import type { Row, SeriesQuery } from '../contract.ts';
import { hourlyPlan, hourlySql } from './read-hours.ts';
import type { Rollup } from './rollup.ts';
import { quoted, type Table } from './tables.ts';

/** Stands for the whole table, or the ids of the series asked for. */
export type SeriesFilter = readonly number[] | 'all';

function seriesCondition(series: SeriesFilter): string {
  if (series === 'all') return '';
  return series.length === 1 ? `series = ${series[0]}` : `series IN (${series.join(', ')})`;
}

function pointsSql(table: Table, query: SeriesQuery, fields: readonly string[], series: string): string {
  const names = fields.map(quoted);
  const known = names.map((name) => `${name} IS NOT NULL`).join(' OR ');
  const span = `ts >= ${BigInt(Math.ceil(query.from))} AND ts < ${BigInt(Math.ceil(query.to))}`;
  const where = `WHERE ${span}${series === '' ? '' : ` AND ${series}`} AND (${known})`;
  if (query.every_ms === undefined)
    return `SELECT ts, ${names.join(', ')} FROM ${table.name} ${where} ORDER BY ts`;
  // Times are never negative, so the remainder rounds down to the epoch's grid.
  const bucket = `ts - ts % ${BigInt(query.every_ms)}`;
  const means = names.map((name) => `avg(${name})`);
  return `SELECT ${bucket} AS bucket, ${means.join(', ')} FROM ${table.name} ${where}
    GROUP BY bucket ORDER BY bucket`;
}

/** The rows of a window, from the hourly sums where they can tell. Fields that the table does not know have no values. */
export async function readWindow(
  connection: DuckDBConnection,
  table: Table,
  query: SeriesQuery,
  series: SeriesFilter,
  rollup: Rollup | undefined,
): Promise<readonly Row[]> {
  const fields = [...new Set(query.fields)].filter((field) => table.fields.includes(field));
  if (fields.length === 0 || (series !== 'all' && series.length === 0) || query.limit === 0) return [];
  const which = seriesCondition(series);
  const plan = rollup === undefined ? undefined : hourlyPlan(query, rollup);
  const limit = query.limit === undefined ? '' : ` LIMIT ${BigInt(query.limit)}`;
  const sql =
    plan === undefined || rollup === undefined
      ? pointsSql(table, query, fields, which)
      : hourlySql(plan, table, rollup, fields, query.every_ms ?? 0, which);
  const [times, ...values] = (await connection.runAndReadAll(sql + limit)).getColumns();
  return (times ?? []).map((ts, row) => {
    const held: Record<string, number> = {};
    fields.forEach((field, column) => {
      const value = values[column]?.[row];
      if (typeof value === 'number') held[field] = value;
    });
    return { ts: Number(ts), values: held };
  });
}

export async function readCount(connection: DuckDBConnection, table: Table): Promise<number> {
  const rows = (await connection.runAndReadAll(`SELECT count(*) FROM ${table.name}`)).getRows();
  return Number(rows[0]?.[0] ?? 0);
}

export async function readPosition(connection: DuckDBConnection): Promise<number> {
  const sql = "SELECT value FROM meta WHERE name = 'position'";
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
}
