/** Counts wrong passwords, so that guessing costs time. */
export interface Attempts {
  /** Whether this pair of name and address must wait. */
  rests(key: string, now: number): boolean;
  failed(key: string, now: number): void;
  succeeded(key: string): void;
}

/** More names than this are a flood: the oldest are forgotten. */
const REMEMBERED = 10_000;

/**
 * After `most` failures, none of them more than `restMs` after the one before, a pair rests for `restMs`; tries
 * meanwhile do not prolong it, so that a device that was mended comes in when it is over.
 */
export function createAttempts(most: number, restMs: number): Attempts {
  const failures = new Map<string, { count: number; until: number }>();
  return {
    rests: (key, now) => {
      const known = failures.get(key);
      return known !== undefined && known.count >= most && now < known.until;
    },
    failed: (key, now) => {
      const known = failures.get(key);
      const count = known !== undefined && now < known.until ? known.count + 1 : 1;
      failures.delete(key);
      failures.set(key, { count, until: now + restMs });
      if (failures.size > REMEMBERED) failures.delete(failures.keys().next().value!);
    },
    succeeded: (key) => {
      failures.delete(key);
    },
  };
}
