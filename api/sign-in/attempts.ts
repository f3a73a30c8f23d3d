import { type Clock, SECOND_MS } from '../../model/clock.ts';

/** Counts attempts by key within windows of fixed length. */
export interface Attempts {
  /** Seconds to wait; 0 when the attempt is allowed, which counts it. */
  take(key: string): number;
  /** The attempt was a good one after all. */
  giveBack(key: string): void;
}

/** Keys come from outside: so many at most. */
const MOST_KEYS = 20_000;

export function createAttempts(
  clock: Clock,
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
): Attempts {
  const windows = new Map<string, { count: number; readonly until: number }>();
  const makeRoom = (now: number): void => {
    if (windows.size < MOST_KEYS) return;
    for (const [key, { until }] of windows) if (until <= now) windows.delete(key);
    if (windows.size >= MOST_KEYS) windows.delete(windows.keys().next().value as string);
  };
  return {
    take: (key) => {
      const now = clock.now();
      const window = windows.get(key);
      if (!window || window.until <= now) {
        makeRoom(now);
        windows.delete(key);
        windows.set(key, { count: 1, until: now + windowMs });
        return 0;
      }
      if (window.count >= limit) return Math.ceil((window.until - now) / SECOND_MS);
      window.count += 1;
      return 0;
    },
    giveBack: (key) => {
      const window = windows.get(key);
      if (window && window.count > 0) window.count -= 1;
    },
  };
}
