import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullBucket, type Pace, take } from './pace.ts';

function bucketOf(perSecond: number, burst = perSecond): (count: number, now: number) => number {
  const pace: Pace = { perSecond, burst };
  const bucket = fullBucket(pace);
  return (count, now) => take(bucket, pace, count, now);
}

describe('the pace of a client', () => {
  it('lets a second go at once, and makes the rest wait for its time', () => {
    const takeFrom = bucketOf(10);
    const waits = Array.from({ length: 13 }, () => takeFrom(1, 5_000));
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 100, 200, 300]);
    expect(takeFrom(1, 5_400)).toBe(0);
    expect(takeFrom(1, 5_400)).toBe(100);
  });

  it('counts what is taken at once, and lets more than a second go when a burst may be longer', () => {
    const takeFrom = bucketOf(1_000, 3_000);
    expect([takeFrom(2_500, 0), takeFrom(500, 0), takeFrom(250, 0)]).toEqual([0, 0, 250]);
    // More than a burst is let go too, when its time has come: nothing is dropped.
    expect(takeFrom(4_000, 3_250)).toBe(1_000);
  });

  it('is never faster than it should be over any time, also when the clock is set back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 500 }),
        (perSecond, steps) => {
          const takeFrom = bucketOf(perSecond);
          let now = 1_000_000;
          let forwardMs = 0;
          let letGo = 0;
          for (const step of steps) {
            now += step;
            forwardMs += Math.max(0, step);
            if (takeFrom(1, now) === 0) letGo++;
          }
          expect(letGo).toBeLessThanOrEqual(perSecond + (forwardMs * perSecond) / 1_000 + 1e-6);
        },
      ),
    );
  });
});
