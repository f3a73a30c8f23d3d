/** The time, as an argument. Everything that asks for the time is given one of these. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands until it is moved: simulated runs and tests. */
export interface ManualClock extends Clock {
  set(now: number): void;
}

export function manualClock(start: number): ManualClock {
  let now = start;
  return {
    now: () => now,
    set: (next) => {
      now = next;
    },
  };
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** RFC 3339 in UTC with milliseconds, as every API answer writes a time. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
