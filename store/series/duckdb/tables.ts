import type { DuckDBConnection } from '@duckdb/node-api';
import { MEASUREMENTS } from '../../../model/measurements.ts';

/** The table of one measurement: `series INTEGER, ts BIGINT` and a DOUBLE per field. */
export interface Table {
  readonly measurement: string;
  readonly name: string;
  /** The transaction's own table with the same columns, where late points wait for the merge. */
  readonly stage: string;
  /** In the order of the table's columns, which grows with the catalogue and never shrinks. */
  readonly fields: readonly string[];
  /** Field → its index in `fields`. */
  readonly places: ReadonlyMap<string, number>;
}

/** Names come from the catalogue, not from people; quoted all the same. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const BASE = `
  CREATE TABLE IF NOT EXISTS meta (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL);
  INSERT INTO meta VALUES ('schema', 1), ('position', 0) ON CONFLICT DO NOTHING;
  CREATE TABLE IF NOT EXISTS series (id INTEGER NOT NULL, measurement VARCHAR NOT NULL, tags VARCHAR NOT NULL);`;

export type Column = readonly [name: string, type: string];

/** A table with these columns and those that it had; answers all of them in their order. A statement per column takes longer than all the rest of an opening: only for those that are missing. */
export async function prepareColumns(
  writer: DuckDBConnection,
  table: string,
  columns: readonly Column[],
): Promise<readonly string[]> {
  const all = columns.map(([name, type]) => `${quoted(name)} ${type}`);
  await writer.run(`CREATE TABLE IF NOT EXISTS ${table} (${all.join(', ')})`);
  const there = (await writer.runAndReadAll(`SELECT * FROM ${table} LIMIT 0`)).columnNames();
  const missing = columns.filter(([name]) => !there.includes(name));
  for (const [name, type] of missing)
    await writer.run(`ALTER TABLE ${table} ADD COLUMN ${quoted(name)} ${type}`);
  return [...there, ...missing.map(([name]) => name)];
}

/** Creates what is missing, adds the columns by which the catalogue grew, and says what there is. */
export async function prepareTables(writer: DuckDBConnection): Promise<ReadonlyMap<string, Table>> {
  await writer.run('BEGIN');
  await writer.run(BASE);
  const tables = new Map<string, Table>();
  for (const { name: measurement, fields } of MEASUREMENTS) {
    const name = quoted(`points_${measurement}`);
    const columns: Column[] = fields.map((field) => [field, 'DOUBLE']);
    const all = await prepareColumns(writer, name, [
      ['series', 'INTEGER NOT NULL'],
      ['ts', 'BIGINT NOT NULL'],
      ...columns,
    ]);
    const stage = quoted(`late_${measurement}`);
    await writer.run(`CREATE TEMP TABLE ${stage} AS FROM ${name} LIMIT 0`);
    const held = all.slice(2);
    const places = new Map(held.map((field, place) => [field, place]));
    tables.set(measurement, { measurement, name, stage, fields: held, places });
  }
  await prepareViews(writer, tables);
  await writer.run('COMMIT');
  return tables;
}

/** For people who open the file with DuckDB itself: a view per measurement with tags and a readable time. */
async function prepareViews(writer: DuckDBConnection, tables: ReadonlyMap<string, Table>): Promise<void> {
  for (const { name: measurement, tags } of MEASUREMENTS) {
    const table = tables.get(measurement);
    if (table === undefined) continue;
    const tagColumns = tags.map((tag) => `json_extract_string(tags, '$.${tag}') AS ${quoted(tag)}`);
    const fields = table.fields.map(quoted);
    await writer.run(
      `CREATE OR REPLACE VIEW ${quoted(measurement)} AS
       SELECT make_timestamp(ts * 1000) AS time, ${[...tagColumns, ...fields].join(', ')}
       FROM ${table.name} JOIN series ON series.id = ${table.name}.series`,
    );
  }
}
