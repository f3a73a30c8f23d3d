import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type ColumnsBuilder, columnsBuilder } from '../columns.ts';
import type { Columns, ScanQuery } from '../contract.ts';
import { quoted } from './tables.ts';

/** What a scan must know of a measurement's table. */
export interface ScannedTable {
  readonly fields: ReadonlySet<string>;
  /** Of each series; one that moved to another zone has two series. */
  readonly assets: ReadonlyMap<number, string>;
}

function scanSql(query: ScanQuery, known: readonly string[]): string {
  const names = known.map(quoted);
  // As doubles, which hold every millisecond: a bigint for each row costs more than the query.
  const columns = ['series', 'ts::DOUBLE', ...names];
  const span = `ts >= ${BigInt(Math.ceil(query.from))} AND ts < ${BigInt(Math.ceil(query.to))}`;
  const valued = query.signsOfLife ? '' : ` AND (${names.map((name) => `${name} IS NOT NULL`).join(' OR ')})`;
  // Without ORDER BY: sorting takes DuckDB four times as long as all the rest, and gathering by asset is needed anyway.
  return `SELECT ${columns.join(', ')} FROM ${quoted(`points_${query.measurement}`)} WHERE ${span}${valued}`;
}

/** What DuckDB holds of a column of the chunk, without a copy: good until the next chunk is asked for. */
function bytesOf(vector: duckdb.Vector, bytes: number): readonly [ArrayBuffer, number] {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, bytes);
  return [buffer as ArrayBuffer, byteOffset];
}

function takeDoubles(vector: duckdb.Vector, count: number, into: Float64Array, at: number): void {
  into.set(new Float64Array(...bytesOf(vector, 8 * count), count), at);
  // The bits say which rows have a value; absent when all have one.
  const valid: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (valid === null) return;
  for (let i = 0; i < count; i++) if (((valid[i >> 3]! >> (i & 7)) & 1) === 0) into[at + i] = Number.NaN;
}

/** `columns`: by column of the chunk from the third on, its place in the answer. */
function take(
  builder: ColumnsBuilder,
  chunk: DuckDBDataChunk,
  placeOf: (series: number) => number,
  columns: readonly number[],
): void {
  const count = chunk.rowCount;
  builder.reserve(count);
  const { raw, rows } = builder;
  const vector = (column: number): duckdb.Vector => duckdb.data_chunk_get_vector(chunk.chunk, column);
  const series = new Int32Array(...bytesOf(vector(0), 4 * count), count);
  for (let i = 0; i < count; i++) raw.places[rows + i] = placeOf(series[i]!);
  takeDoubles(vector(1), count, raw.ts, rows);
  for (const [at, column] of columns.entries()) takeDoubles(vector(at + 2), count, raw.values[column]!, rows);
  builder.added(count);
}

/** Reads a span of a table chunk by chunk, without an object for each row. */
export async function scanTable(
  connection: DuckDBConnection,
  table: ScannedTable,
  query: ScanQuery,
): Promise<Columns> {
  const builder = columnsBuilder(query.fields.length);
  const columns = [...query.fields.keys()].filter((place) => table.fields.has(query.fields[place]!));
  if (table.assets.size > 0 && (columns.length > 0 || query.signsOfLife)) {
    let largest = 0;
    for (const series of table.assets.keys()) largest = Math.max(largest, series);
    const placeBySeries = new Int32Array(largest + 1).fill(-1);
    const placeOf = (series: number): number => {
      const known = placeBySeries[series] ?? -1;
      if (known >= 0) return known;
      const place = builder.place(table.assets.get(series) ?? '');
      placeBySeries[series] = place;
      return place;
    };
    const known = columns.map((place) => query.fields[place]!);
    const result = await connection.stream(scanSql(query, known));
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      take(builder, chunk, placeOf, columns);
    }
  }
  const answer = builder.columns();
  for (const [place, column] of answer.values.entries())
    if (!columns.includes(place)) column.fill(Number.NaN);
  return answer;
}
