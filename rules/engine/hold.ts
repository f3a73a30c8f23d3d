/** A condition that must hold for a while: how long it did, and since when it does now (−1 = not now). */
export interface Hold {
  acc: number;
  from: number;
}

export const newHold = (): Hold => ({ acc: 0, from: -1 });

export function resetHold(hold: Hold): void {
  hold.acc = 0;
  hold.from = -1;
}

function pause(hold: Hold, t: number): void {
  if (hold.from < 0) return;
  hold.acc += t - hold.from;
  hold.from = -1;
}

/**
 * The condition is `truth` from t on. True runs the clock, unknown stops it, false sets it back, or only stops it
 * where the time is cumulative.
 */
export function updateHold(hold: Hold, truth: number, t: number, cumulative: boolean): void {
  if (truth === 1) {
    if (hold.from < 0) hold.from = t;
  } else if (truth === 0 && !cumulative) resetHold(hold);
  else pause(hold, t);
}

/** When it will have held for `ms`, if nothing changes. */
export function dueOf(hold: Hold, ms: number): number {
  return hold.from < 0 ? Number.POSITIVE_INFINITY : hold.from + ms - hold.acc;
}

export function isRunning(hold: Hold): boolean {
  return hold.from >= 0 || hold.acc > 0;
}

export function copyHold(from: Hold, to: Hold): void {
  to.acc = from.acc;
  to.from = from.from;
}
