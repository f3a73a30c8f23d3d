/** How fast somebody may go: a bucket of tokens that holds what a burst may bring. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left in the bucket of one user. */
export interface Bucket {
  tokens: number;
  /** Epoch milliseconds. */
  filled: number;
}

export function fullBucket({ burst }: Pace): Bucket {
  return { tokens: burst, filled: Number.NEGATIVE_INFINITY };
}

/** Takes so many tokens; how long their owner must wait for them, 0 when they were there. `now` in epoch milliseconds. */
export function take(bucket: Bucket, { perSecond, burst }: Pace, count: number, now: number): number {
  // A clock that was set back gives nothing, and takes nothing away.
  const passedMs = Math.max(0, now - bucket.filled);
  bucket.filled = now;
  bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1_000) - count;
  return bucket.tokens >= 0 ? 0 : (-bucket.tokens / perSecond) * 1_000;
}
