import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
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
  const series = chunk.getColumnVector(0);
  const times = chunk.getColumnVector(1);
  for (let i = 0; i < count; i++) {
    raw.places[rows + i] = placeOf(series.getItem(i) as number);
    raw.ts[rows + i] = times.getItem(i) as number;
  }
  for (const [at, column] of columns.entries()) {
    const from = chunk.getColumnVector(at + 2);
    const into = raw.values[column]!;
    for (let i = 0; i < count; i++) into[rows + i] = (from.getItem(i) as number | null) ?? Number.NaN;
  }
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
    const placeBySeries = new Map<number, number>();
    const placeOf = (series: number): number => {
      let place = placeBySeries.get(series);
      if (place === undefined) {
        place = builder.place(table.assets.get(series) ?? '');
        placeBySeries.set(series, place);
      }
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
