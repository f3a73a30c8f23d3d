/** A step of a reading's way, as the watch sees it. Times are milliseconds of a clock that only goes forward. */
export interface WatchedStep {
  readonly name: string;
  /** How long it may stand still while something waits for it. */
  readonly limitMs: number;
  /** Since when it stands still though something waits; undefined = it goes, or has nothing to do. */
  standsSince(now: number): number | undefined;
  /** How much waits, and why if that is known. */
  reason(): string;
  readonly advice: string;
}

export interface Stall {
  readonly step: string;
  readonly since: number;
  /** What stands, since when, why, and what to do. */
  readonly text: string;
}

/** A step that has stood longer than it may, or undefined. `wallNow` is the same moment as epoch milliseconds. */
export function stallOf(step: WatchedStep, now: number, wallNow: number): Stall | undefined {
  const begun = step.standsSince(now);
  if (begun === undefined || now - begun <= step.limitMs) return undefined;
  const since = Math.round(wallNow - (now - begun));
  const forS = Math.round((now - begun) / 1_000);
  const text = `stands still since ${new Date(since).toISOString()} (${forS} s): ${step.reason()}. ${step.advice}`;
  return { step: step.name, since, text };
}

/**
 * For a step with a place in a queue: it stands from the moment it was first seen at its place with something
 * behind it. Look more often than the limit is long.
 */
export function standsByPlace(place: () => number, waiting: () => number): WatchedStep['standsSince'] {
  let seenAt = Number.NaN;
  let since: number | undefined;
  return (now) => {
    const at = place();
    if (waiting() <= 0) since = undefined;
    else if (at !== seenAt || since === undefined) since = now;
    seenAt = at;
    return since;
  };
}
