/** How fast somebody may go: a bucket of tokens that holds what a burst may bring. */
export interface Pace {
  /** Takes so many tokens; how long their owner must wait for them, 0 when they were there. `now` in epoch milliseconds. */
  take(count: number, now: number): number;
}

export function createPace(perSecond: number, burst: number): Pace {
  let tokens = burst;
  let filled = Number.NEGATIVE_INFINITY;
  return {
    take: (count, now) => {
      // A clock that was set back gives nothing, and takes nothing away.
      const passedMs = Math.max(0, now - filled);
      filled = now;
      tokens = Math.min(burst, tokens + (passedMs * perSecond) / 1_000) - count;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1_000;
    },
  };
}
