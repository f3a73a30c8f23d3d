import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBDataChunk, INTEGER } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Point } from '../../../model/point.ts';
import type { Table } from './tables.ts';

/** DuckDB's vector size: a chunk cannot be longer. */
export const CHUNK_ROWS = 2_048;
const TWO_TO_32 = 4_294_967_296;

/** One column of doubles; a row whose bit is not set has no value. */
interface Values {
  readonly data: Float64Array;
  /** A bit a row, the first in the lowest, as DuckDB keeps it. */
  readonly valid: Uint8Array;
}

/**
 * Rows of one table, column by column, in the bytes that the engine takes: neither a BigInt nor an object for each row,
 * and handing them over is copying memory.
 */
export interface Columns {
  readonly table: Table;
  readonly capacity: number;
  rows: number;
  readonly series: Int32Array;
  /** 64-bit integers in halves, the lower one first. */
  readonly ts: Uint32Array;
  /** By place in the table's fields; undefined = no row has that field. */
  readonly values: (Values | undefined)[];
}

export function emptyColumns(table: Table, capacity: number): Columns {
  const series = new Int32Array(capacity);
  const ts = new Uint32Array(2 * capacity);
  return { table, capacity, rows: 0, series, ts, values: [] };
}

/** DuckDB reads and writes validity in words of 64 rows. */
function validBytes(rows: number): number {
  return Math.ceil(rows / 64) * 8;
}

/** There must be room. A field that the table does not have is left out. */
export function pushRow(columns: Columns, series: number, ts: number, fields: Point['fields']): void {
  const { table, capacity, values } = columns;
  const row = columns.rows++;
  columns.series[row] = series;
  columns.ts[2 * row] = ts % TWO_TO_32;
  columns.ts[2 * row + 1] = ts / TWO_TO_32;
  for (const field in fields) {
    const place = table.places.get(field);
    if (place === undefined) continue;
    let column = values[place];
    if (column === undefined) {
      column = { data: new Float64Array(capacity), valid: new Uint8Array(validBytes(capacity)) };
      values[place] = column;
    }
    column.data[row] = fields[field]!;
    column.valid[row >> 3]! |= 1 << (row & 7);
  }
}

/** Appends the rows to the table `into`, which has the columns of `columns.table`. */
export async function appendColumns(writer: DuckDBConnection, into: string, columns: Columns): Promise<void> {
  const { table, rows, series, ts, values } = columns;
  // The appender takes the bare name, not an SQL identifier.
  const appender = await writer.createAppender(into.replaceAll('"', ''));
  // One chunk serves all rows: the appender copies, and columns without values are nulled only once.
  const chunk = DuckDBDataChunk.create([INTEGER, BIGINT, ...table.fields.map(() => DOUBLE)]);
  const column = (index: number): duckdb.Vector => duckdb.data_chunk_get_vector(chunk.chunk, index);
  const none = new Uint8Array(validBytes(CHUNK_ROWS));
  for (const place of table.fields.keys()) setValid(column(place + 2), none, 0, CHUNK_ROWS);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from);
    chunk.rowCount = count;
    setBytes(column(0), series, from, count);
    setBytes(column(1), ts, 2 * from, 2 * count);
    values.forEach((held, place) => {
      if (held === undefined) return;
      setBytes(column(place + 2), held.data, from, count);
      setValid(column(place + 2), held.valid, from, count);
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Copying is not checked: `count` elements from `from` must be there, and be as wide as the vector's. */
function setBytes(
  vector: duckdb.Vector,
  data: Int32Array | Uint32Array | Float64Array,
  from: number,
  count: number,
): void {
  const width = data.BYTES_PER_ELEMENT;
  duckdb.copy_data_to_vector(
    vector,
    0,
    data.buffer as ArrayBuffer,
    data.byteOffset + from * width,
    count * width,
  );
}

/** The same for the bits that say which rows have a value; `from` is the beginning of a word. */
function setValid(vector: duckdb.Vector, valid: Uint8Array, from: number, count: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(
    vector,
    0,
    valid.buffer as ArrayBuffer,
    valid.byteOffset + from / 8,
    validBytes(count),
  );
}
