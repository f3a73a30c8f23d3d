/** How fast somebody may go: a bucket of tokens that holds what one second may bring. */
export interface Pace {
  /** Takes one token; how long its owner must wait for it, 0 when it was there. `now` in epoch milliseconds. */
  take(now: number): number;
}

export function createPace(perSecond: number): Pace {
  let tokens = perSecond;
  let filled = Number.NEGATIVE_INFINITY;
  return {
    take: (now) => {
      // A clock that was set back gives nothing, and takes nothing away.
      const passedMs = Math.max(0, now - filled);
      filled = now;
      tokens = Math.min(perSecond, tokens + (passedMs * perSecond) / 1_000) - 1;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1_000;
    },
  };
}
