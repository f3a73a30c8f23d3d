import { FLAPPING_MOST } from '../language/rule.ts';

/** How far one rule is with one asset, as a row of doubles; `p` is where it begins. */
export const PHASE = 0;
/** Event time of the last evaluation, and of the next that is due though no sample comes. */
export const LOOKED = 1;
export const WAKE = 2;
export const SINCE = 3;
/** 1 when the urgent level was reached. */
export const RAISED = 4;
/** When it cleared, while the proof is awaited; −1 otherwise. */
export const CLEARED_AT = 5;
/** Holds (see hold.ts). */
export const HOLD = 6;
export const URGENT = 8;
export const KEEP = 10;
export const HEALTHY = 12;
/** Proof by a span: 1 inside it, 1 when it is lost, 1 when health was seen; since when health is missing (−1). */
export const IN_SPAN = 14;
export const SPOILED = 15;
export const SAW_GOOD = 16;
export const BAD_FROM = 17;
/** Proof by a cycle: whether it ran at the last known sample; −1 = not known. */
export const RAN = 18;
/** Flapping: how often it came back since it began to, 0 = it does not; and when it ended last, the newest first. */
export const FLAPS = 19;
export const ENDS = 20;
const CELLS = ENDS + FLAPPING_MOST - 1;

/** Phases. */
export const QUIET = 0;
export const PENDING = 1;
export const FIRING = 2;
export const RECOVERING = 3;

/**
 * A row holds the progress by now, whether the clock alone has moved it on (1) since the last sample or change that
 * was told, and, if so, the progress at that.
 */
export const AHEAD = CELLS;
const KEPT = AHEAD + 1;
export const ROW_CELLS = KEPT + CELLS;
export const KEPT_LOOKED = KEPT + LOOKED;

const AT_REST = new Float64Array(CELLS);
for (const [cell, value] of [
  [LOOKED, Number.NEGATIVE_INFINITY],
  [CLEARED_AT, -1],
  [HOLD + 1, -1],
  [URGENT + 1, -1],
  [KEEP + 1, -1],
  [HEALTHY + 1, -1],
  [BAD_FROM, -1],
  [RAN, -1],
] as const) {
  AT_REST[cell] = value;
}
AT_REST.fill(Number.NEGATIVE_INFINITY, ENDS);

/** Nothing has happened, and it is looked at again at `wake`. */
export function beginRow(v: Float64Array, p: number, wake: number): void {
  for (let i = 0; i < CELLS; i++) v[p + i] = AT_REST[i]!;
  v[p + WAKE] = wake;
  v[p + AHEAD] = 0;
}

// So few cells are copied sooner one by one than by a call out of the machine code.
function copyCells(v: Float64Array, into: number, from: number): void {
  for (let i = 0; i < CELLS; i++) v[into + i] = v[from + i]!;
}

/** Before the clock alone moves it on for the first time. */
export function keep(v: Float64Array, p: number): void {
  copyCells(v, p + KEPT, p);
}

export function takeBack(v: Float64Array, p: number): void {
  copyCells(v, p, p + KEPT);
  v[p + AHEAD] = 0;
}

/**
 * Nothing that counts is different from a rule that was never looked at, but for times of looks. `memory_ms`: how long
 * the end of a fault counts.
 */
export function isAtRest(v: Float64Array, p: number, memory_ms: number): boolean {
  return (
    v[p + PHASE] === QUIET &&
    v[p + CLEARED_AT]! < 0 &&
    v[p + ENDS]! + memory_ms <= v[p + LOOKED]! &&
    v[p + HOLD] === 0 &&
    v[p + HOLD + 1]! < 0 &&
    v[p + URGENT] === 0 &&
    v[p + URGENT + 1]! < 0
  );
}
