/**
 * A condition that must hold for a while, as two doubles at `h`: how long it did, milliseconds, and since when it
 * does now (−1 = not now).
 */
export function resetHold(v: Float64Array, h: number): void {
  v[h] = 0;
  v[h + 1] = -1;
}

function pause(v: Float64Array, h: number, t: number): void {
  const from = v[h + 1]!;
  if (from < 0) return;
  v[h] = v[h]! + (t - from);
  v[h + 1] = -1;
}

/**
 * The condition is `truth` from t on. True runs the clock, unknown stops it, false sets it back, or only stops it
 * where the time is cumulative.
 */
export function updateHold(v: Float64Array, h: number, truth: number, t: number, cumulative: boolean): void {
  if (truth === 1) {
    if (v[h + 1]! < 0) v[h + 1] = t;
  } else if (truth === 0 && !cumulative) resetHold(v, h);
  else pause(v, h, t);
}

/** When it will have held for `ms`, if nothing changes. */
export function dueOf(v: Float64Array, h: number, ms: number): number {
  return v[h + 1]! < 0 ? Number.POSITIVE_INFINITY : v[h + 1]! + ms - v[h]!;
}

export function isRunning(v: Float64Array, h: number): boolean {
  return v[h + 1]! >= 0 || v[h]! > 0;
}
