import type { Point } from '../../model/point.ts';

/** A time that tests of stores agree on: 2023-11-14T22:13:20Z. */
export const NOW = 1_700_000_000_000;

export function pump(asset: string, ts: number, fields: Record<string, number>): Point {
  return { measurement: 'pump', tags: { site: 'north', zone: 'cellar', asset }, ts, fields };
}

/** Readings of one pump, a minute apart. */
export function minutes(count: number, from = NOW): Point[] {
  return Array.from({ length: count }, (_, i) => pump('p1', from + i * 60_000, { power_w: i }));
}
