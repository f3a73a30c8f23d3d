import type { DuckDBConnection } from '@duckdb/node-api';
import type { Row, SeriesQuery } from '../contract.ts';
import { quoted, type Table } from './tables.ts';

/** Stands for the whole table, or the ids of the series asked for. */
export type SeriesFilter = readonly number[] | 'all';

function conditions(query: SeriesQuery, series: SeriesFilter): string {
  const span = `ts >= ${BigInt(Math.ceil(query.from))} AND ts < ${BigInt(Math.ceil(query.to))}`;
  if (series === 'all') return span;
  return series.length === 1
    ? `series = ${series[0]} AND ${span}`
    : `series IN (${series.join(', ')}) AND ${span}`;
}

/** The rows of a window. Fields that the table does not know have no values. */
export async function readWindow(
  connection: DuckDBConnection,
  table: Table,
  query: SeriesQuery,
  series: SeriesFilter,
): Promise<readonly Row[]> {
  const fields = [...new Set(query.fields)].filter((field) => table.fields.includes(field));
  if (fields.length === 0 || (series !== 'all' && series.length === 0) || query.limit === 0) return [];
  const names = fields.map(quoted);
  const known = names.map((name) => `${name} IS NOT NULL`).join(' OR ');
  const limit = query.limit === undefined ? '' : ` LIMIT ${BigInt(query.limit)}`;
  const where = `WHERE ${conditions(query, series)} AND (${known})`;
  const every = query.every_ms === undefined ? undefined : BigInt(query.every_ms);
  // Times are never negative, so the remainder rounds down to the epoch's grid.
  const sql =
    every === undefined
      ? `SELECT ts, ${names.join(', ')} FROM ${table.name} ${where} ORDER BY ts${limit}`
      : `SELECT ts - ts % ${every} AS bucket, ${names.map((name) => `avg(${name})`).join(', ')}
         FROM ${table.name} ${where} GROUP BY bucket ORDER BY bucket${limit}`;
  const [times, ...values] = (await connection.runAndReadAll(sql)).getColumns();
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
