import { expect } from 'vitest';
import type { Point } from '../../../model/point.ts';
import type { SeriesStore } from '../contract.ts';
import { NOW } from '../points.testkit.ts';

/** Opens an empty store that is ended after the test. */
export type Begin = (maxSeries?: number) => Promise<SeriesStore>;

const signal = new AbortController().signal;

/** Writes and demands that all is stored. */
export async function stored(store: SeriesStore, points: readonly Point[], upTo = 0): Promise<void> {
  expect(await store.write(points, upTo, signal)).toEqual({ stored: points.length, rejected: [], keep: [] });
}

/** Everything of a pump. */
export function all(asset: string, fields: readonly string[]) {
  return { measurement: 'pump', fields, where: { asset }, from: 0, to: NOW + 1e9 } as const;
}
