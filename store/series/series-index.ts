import type { Point } from '../../model/point.ts';
import { measurementOf } from './point-check.ts';

/** One measurement with one set of tags: what an engine keeps in memory for each, however few points it has. */
export type SeriesName = Pick<Point, 'measurement' | 'tags'>;

/** Series by name. Finding one makes no key of the tags: that would be garbage for every point. */
export interface SeriesIndex<T extends SeriesName> {
  find(name: SeriesName): T | undefined;
  add(series: T): void;
  remove(series: T): void;
  size(): number;
}

export function seriesIndex<T extends SeriesName>(): SeriesIndex<T> {
  /** Measurement → asset → its series there: one, unless it moved to another zone or is a fault or ticket of many rules. */
  const measurements = new Map<string, Map<string, readonly T[]>>();
  let size = 0;
  const assetOf = ({ tags }: SeriesName): string => tags['asset'] ?? '';
  return {
    find: (name) => {
      const held = measurements.get(name.measurement)?.get(assetOf(name));
      if (held === undefined) return undefined;
      const tags = measurementOf(name.measurement)?.tags ?? [];
      for (const series of held) if (sameTags(tags, series, name)) return series;
      return undefined;
    },
    add: (series) => {
      const assets = measurements.get(series.measurement) ?? new Map<string, readonly T[]>();
      measurements.set(series.measurement, assets);
      assets.set(assetOf(series), [...(assets.get(assetOf(series)) ?? []), series]);
      size++;
    },
    remove: (series) => {
      const assets = measurements.get(series.measurement);
      const held = assets?.get(assetOf(series)) ?? [];
      const rest = held.filter((each) => each !== series);
      assets?.set(assetOf(series), rest);
      size -= held.length - rest.length;
    },
    size: () => size,
  };
}

function sameTags(names: readonly string[], one: SeriesName, other: SeriesName): boolean {
  for (const name of names) if (one.tags[name] !== other.tags[name]) return false;
  return true;
}
