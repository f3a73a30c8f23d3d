import type { DuckDBConnection } from '@duckdb/node-api';
import { type SeriesIndex, seriesIndex } from '../series-index.ts';
import type { Table } from './tables.ts';

/** One measurement with one set of tags. In the tables it is a small integer. */
export interface Series {
  readonly id: number;
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Newest time stored, −1 before the first: what is newer cannot be a repeat. */
  newest: number;
}

/** All series, in memory: their number is that of the assets, not of the readings. */
export interface Dictionary {
  readonly index: SeriesIndex<Series>;
  readonly byId: Map<number, Series>;
  nextId: number;
}

export function addSeries(dictionary: Dictionary, series: Series): void {
  dictionary.index.add(series);
  dictionary.byId.set(series.id, series);
  dictionary.nextId = Math.max(dictionary.nextId, series.id + 1);
}

/** Those that {@link addSeries} added. */
export function removeSeries(dictionary: Dictionary, added: readonly Series[]): void {
  for (const series of added) {
    dictionary.index.remove(series);
    dictionary.byId.delete(series.id);
  }
}

export async function loadDictionary(
  connection: DuckDBConnection,
  tables: Iterable<Table>,
): Promise<Dictionary> {
  const dictionary: Dictionary = { index: seriesIndex(), byId: new Map(), nextId: 1 };
  const rows = (await connection.runAndReadAll('SELECT id, measurement, tags FROM series')).getRows();
  for (const [id, measurement, tags] of rows)
    addSeries(dictionary, {
      id: Number(id),
      measurement: String(measurement),
      tags: JSON.parse(String(tags)) as Record<string, string>,
      newest: -1,
    });
  for (const table of tables) {
    const newest = await connection.runAndReadAll(
      `SELECT series, max(ts) FROM ${table.name} GROUP BY series`,
    );
    for (const [id, ts] of newest.getRows()) {
      const series = dictionary.byId.get(Number(id));
      if (series !== undefined) series.newest = Number(ts);
    }
  }
  return dictionary;
}

/** Ids of the series of a measurement that carry these tags; `all` when no tag is asked for. */
export function matching(
  dictionary: Dictionary,
  measurement: string,
  where: Readonly<Record<string, string>>,
): readonly number[] | 'all' {
  const wanted = Object.entries(where);
  if (wanted.length === 0) return 'all';
  const ids: number[] = [];
  for (const series of dictionary.byId.values())
    if (series.measurement === measurement && wanted.every(([tag, value]) => series.tags[tag] === value))
      ids.push(series.id);
  return ids;
}
