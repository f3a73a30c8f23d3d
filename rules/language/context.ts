import type { Asset } from '../../model/site.ts';
import type { OwnPast } from '../detect/own-past.ts';

/**
 * What compiled expressions read: the memory of one asset, and what lies around it. Numbers and truth are one double:
 * NaN is *unknown*, 0 and 1 are false and true. One context serves all assets of a lane, one after another.
 */
export interface Context {
  /** Memory in which the asset lies, and where its cells begin (see layout.ts). */
  readonly v: Float64Array;
  o: number;
  /** Set while evaluating: the earliest time at which the result may change though no sample comes … */
  wake: number;
  /** … and at which a value that was read becomes unknown. */
  stale: number;
  /** By timeline: what the sun and the site's schedule say. */
  timelines: readonly Timeline[];
  /** When somebody will have listened for `ms` since `from`: time while Steward was down is nobody's silence. */
  afterListening(from: number, ms: number): number;
  asset(): Asset;
  /** Least squares through the samples of a window, per hour; NaN where there are too few. */
  slope(window: number): number;
  /** Mean of an expression over the other assets of a group for which it is known; NaN where there are none. */
  peers(place: number, t: number): number;
  /** The sum of the same; NaN where there are none. */
  total(place: number, t: number): number;
  /** Brings the cells of an asset's own past up to date. */
  readonly own: OwnPast;
}

/** A number that depends on time alone and changes in steps. */
export interface Timeline {
  at(t: number): number;
  /** When it changes next after the time that `at` was asked for last; some days ahead when no change is near. */
  readonly until: number;
}

export type Evaluate = (c: Context, t: number) => number;
export type EvaluateText = (c: Context) => string;

/** Statistics over the samples of one metric in `(newest − width, newest]`. Unknown where there are too few. */
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
