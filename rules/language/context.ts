/**
 * What an expression reads: one asset's newest values, windows and constants. Numbers and truth are one double:
 * NaN is *unknown*, 0 and 1 are false and true.
 */
export interface Context {
  /** By slot: newest value, when it was measured, when it stops counting as news. */
  readonly values: Float64Array;
  readonly times: Float64Array;
  readonly expires: Float64Array;
  /** By slot: when the value last changed, or was first seen. NaN before the first sample. */
  readonly changed: Float64Array;
  readonly windows: readonly WindowReader[];
  /** By timeline: what the sun and the site's schedule say. */
  readonly timelines: readonly Timeline[];
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** Newest sample of any metric; NaN when the asset was never heard. */
  lastSeen: number;
  /** Since when this process listens without a gap. */
  readonly upSince: number;
  /** Set while evaluating: the earliest time at which the result may change though no sample comes. */
  wake: number;
}

/** A number that depends on time alone and changes in steps. */
export interface Timeline {
  at(t: number): number;
  /** When it changes next after t; Infinity when not within a few days. */
  next(t: number): number;
}

/** Statistics over the samples of one metric in `(newest − width, newest]`. NaN where there are too few. */
export interface WindowReader {
  avg(): number;
  min(): number;
  max(): number;
  sum(): number;
  count(): number;
  /** Increase per hour of a counter, resets taken into account. */
  rate(): number;
  /** Least squares, per hour. */
  slope(): number;
  changes(): number;
  stddev(): number;
}

export type Evaluate = (c: Context, t: number) => number;
export type EvaluateText = (c: Context) => string;

export const WINDOW_FUNCTIONS = [
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'rate',
  'slope',
  'changes',
  'stddev',
] as const;
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];

/** What a set of rules on one kind needs per asset: places given out while expressions are compiled. */
export interface Layout {
  readonly metrics: string[];
  readonly windows: { readonly slot: number; readonly width_ms: number }[];
  readonly timelines: { readonly what: 'night' | 'day' | 'level'; readonly offset_min: number }[];
  readonly numbers: string[];
  readonly texts: string[];
}

/** The place of an item that equals `item`, added when it is new. */
export function placeOf<T>(items: T[], item: T): number {
  const key = JSON.stringify(item);
  const found = items.findIndex((other) => JSON.stringify(other) === key);
  return found >= 0 ? found : items.push(item) - 1;
}
