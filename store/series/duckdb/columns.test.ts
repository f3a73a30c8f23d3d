import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../model/random.ts';
import { appendColumns, emptyColumns, pushRow } from './columns.ts';
import type { Table } from './tables.ts';

const FIELDS = ['always', 'often', 'seldom', 'never'];
const table: Table = {
  measurement: 'test',
  name: '"points_test"',
  stage: '"late_test"',
  fields: FIELDS,
  places: new Map(FIELDS.map((field, place) => [field, place])),
};

interface Row {
  readonly series: number;
  readonly ts: number;
  readonly fields: Readonly<Record<string, number>>;
}

/** Doubles of all magnitudes, and times up to the last that a point may have. */
function rowsOf(count: number, seed: number): Row[] {
  const random = seededRandom(seed);
  const double = (): number => (random.next() - 0.5) * 10 ** Math.floor(random.next() * 600 - 300);
  return Array.from({ length: count }, (_, i) => ({
    series: 1 + Math.floor(random.next() * 2 ** 31 - 1),
    ts: i % 7 === 0 ? Math.floor(random.next() * 9_223_372_036_854) : 1_764_000_000_000 + i,
    fields: {
      always: double(),
      ...(random.next() < 0.7 ? { often: double() } : {}),
      ...(random.next() < 0.01 ? { seldom: double() } : {}),
      unknown: 1,
    },
  }));
}

/** Writes the rows and reads them again, in the order in which they were written. */
async function throughDuckdb(batches: readonly (readonly Row[])[]): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const columns = FIELDS.map((field) => `${field} DOUBLE`).join(', ');
  await connection.run(`CREATE TABLE points_test (series INTEGER NOT NULL, ts BIGINT NOT NULL, ${columns})`);
  for (const rows of batches) {
    const held = emptyColumns(table, rows.length);
    for (const { series, ts, fields } of rows) pushRow(held, series, ts, fields);
    await appendColumns(connection, table.name, held);
  }
  const found = (await connection.runAndReadAll('FROM points_test ORDER BY rowid')).getRows();
  connection.closeSync();
  instance.closeSync();
  return found.map(([series, ts, ...values]) => [series, Number(ts), ...values]);
}

describe('columns of bytes', () => {
  // DuckDB takes 2,048 rows at a time, and keeps who has a value in words of 64 rows.
  it.each([1, 63, 64, 65, 2_047, 2_048, 2_049, 4_096, 7_001])(
    'of %i rows come back as they were',
    async (count) => {
      const batches = [rowsOf(count, count), rowsOf(count, count + 1)];
      const expected = batches
        .flat()
        .map(({ series, ts, fields }) => [series, ts, ...FIELDS.map((field) => fields[field] ?? null)]);
      expect(await throughDuckdb(batches)).toEqual(expected);
    },
  );
});
