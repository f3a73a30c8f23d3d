import { begins, FROM } from './begins.ts';

// How long a state is usually true at a stretch, in doubles of `v` from `at` on; NaN at first.

/** Number of whole runs; whether it ran at the last sample; since when, 0 = not seen; until when nothing was missed. */
const N = 1;
const RAN = 2;
const STARTED = 3;
const SURE_UNTIL = 4;
/** The longest of them, longest first: enough for the 99th of 100 of as many runs as are counted. */
const LONGEST = 5;
const LONGEST_KEPT = 8;
const MOST_RUNS = 100 * LONGEST_KEPT - 1;
export const RUN_CELLS = LONGEST + LONGEST_KEPT;
/** Fewer runs are no past. [P] */
export const RUNS_LEAST = 10;

function count(v: Float64Array, at: number, ms: number): void {
  v[at + N]!++;
  let place = at + LONGEST + LONGEST_KEPT;
  while (place > at + LONGEST && v[place - 1]! < ms) place--;
  const end = at + LONGEST + LONGEST_KEPT - 1;
  if (place > end) return;
  v.copyWithin(place + 1, place, end);
  v[place] = ms;
}

/**
 * Learns from the whole runs of the first `span_ms`, and on until there are ten; frozen then, so that a slow fault
 * cannot move it. `sureUntil`: a sample after it comes too late to know what happened in between.
 */
export function learnRuns(
  v: Float64Array,
  at: number,
  t: number,
  running: number,
  sureUntil: number,
  span_ms: number,
  since: number,
): void {
  begins(v, at, RUN_CELLS, t, since);
  const ran = v[at + RAN]!;
  const isBroken = t > v[at + SURE_UNTIL]!;
  const started = isBroken ? 0 : v[at + STARTED]!;
  v[at + RAN] = running;
  v[at + SURE_UNTIL] = sureUntil;
  const starts = !isBroken && ran === 0 && running === 1;
  v[at + STARTED] = starts ? t : running === 1 ? started : 0;
  if (running === 1 || started === 0 || v[at + N]! >= MOST_RUNS) return;
  if (t < v[at + FROM]! + span_ms || v[at + N]! < RUNS_LEAST) count(v, at, t - started);
}

/** Ninety-nine of a hundred runs are no longer, ms (nearest rank); NaN before the time of learning is over. */
export function runP99(v: Float64Array, at: number, t: number, span_ms: number): number {
  const n = v[at + N]!;
  return t >= v[at + FROM]! + span_ms && n >= RUNS_LEAST
    ? v[at + LONGEST + Math.floor(n / 100)]!
    : Number.NaN;
}
