import { begins, FROM } from './begins.ts';
import { CHANNEL_CELLS, CHANNEL_DEFAULTS, judge, learn } from './channel.ts';
import { learnRuns, runP99 } from './run-lengths.ts';

// What an asset's own past says of a value, kept in a few doubles of `v` from `at` on; NaN at first. Only samples
// that count are taken: their value is known and the condition beside it is true.

/** Number of samples, their mean, the sum of their squared distances from it. */
export const N = 1;
export const MEAN = 2;
export const SQUARES = 3;
export const BASELINE_CELLS = 4;
/** Fewer samples are no past. [P] */
export const BASELINE_LEAST = 10;

/** Mean and scatter of the first `span_ms` of samples that count; frozen then, so that a slow fault cannot move it. */
export function learnBaseline(
  v: Float64Array,
  at: number,
  t: number,
  value: number,
  span_ms: number,
  since: number,
): void {
  begins(v, at, BASELINE_CELLS, t, since);
  if (t >= v[at + FROM]! + span_ms && v[at + N]! >= BASELINE_LEAST) return;
  // Welford's update: exact where sums of squares would cancel.
  const distance = value - v[at + MEAN]!;
  v[at + N]!++;
  v[at + MEAN]! += distance / v[at + N]!;
  v[at + SQUARES]! += distance * (value - v[at + MEAN]!);
}

/** The mean, when it was last moved, for how long it has been, and the last time between two samples. */
export const SMOOTH = 0;
export const SMOOTH_AT = 1;
export const SMOOTH_MS = 2;
const SMOOTH_GAP = 3;
export const SMOOTH_CELLS = 4;
/**
 * A pause counts as no more than this share of the time constant, or twice the time before it where samples come more
 * rarely: the first sample after it does not outweigh all.
 */
const LONGEST_STEP = 1 / 24;

/** Exponentially weighted mean with the time constant `tau_ms`, over the time in which samples count. */
export function moveSmooth(
  v: Float64Array,
  at: number,
  t: number,
  value: number,
  counts: boolean,
  tau_ms: number,
): void {
  const gap_ms = t - v[at + SMOOTH_AT]!;
  // Not a number before the third sample.
  const usual_ms = v[at + SMOOTH_GAP] || 0;
  v[at + SMOOTH_AT] = t;
  v[at + SMOOTH_GAP] = gap_ms;
  if (!counts) return;
  if (Number.isNaN(v[at + SMOOTH]!)) {
    v[at + SMOOTH] = value;
    v[at + SMOOTH_MS] = 0;
    return;
  }
  const step_ms = Math.min(gap_ms, Math.max(tau_ms * LONGEST_STEP, 2 * usual_ms));
  const ms = v[at + SMOOTH_MS]! + step_ms;
  v[at + SMOOTH_MS] = ms;
  // A young mean is the plain mean of its time.
  v[at + SMOOTH]! += Math.max(1 - Math.exp(-step_ms / tau_ms), step_ms / ms) * (value - v[at + SMOOTH]!);
}

/** How far the last sample was from its habits, and the channel that knows them. */
export const RATIO = 1;
const CHANNEL = 2;
export const ANOMALY_CELLS = CHANNEL + CHANNEL_CELLS;

/** Learns for `span_ms` from the first sample that counts, then judges. */
export function moveAnomaly(
  v: Float64Array,
  at: number,
  t: number,
  value: number,
  span_ms: number,
  since: number,
): void {
  begins(v, at, ANOMALY_CELLS, t, since);
  if (t < v[at + FROM]! + span_ms) learn(v, at + CHANNEL, value, CHANNEL_DEFAULTS);
  else v[at + RATIO] = judge(v, at + CHANNEL, value, CHANNEL_DEFAULTS);
}

/** What generated code calls. */
export const OWN_PAST = { learnBaseline, moveSmooth, moveAnomaly, learnRuns, runP99 };
export type OwnPast = typeof OWN_PAST;
