import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

describe('the pace of a client', () => {
  it('lets a second go at once, and makes the rest wait for its time', () => {
    const pace = createPace(10);
    const waits = Array.from({ length: 13 }, () => pace.take(5_000));
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 100, 200, 300]);
    expect(pace.take(5_400)).toBe(0);
    expect(pace.take(5_400)).toBe(100);
  });

  it('is never faster than it should be over any time, also when the clock is set back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 500 }),
        (perSecond, steps) => {
          const pace = createPace(perSecond);
          let now = 1_000_000;
          let forwardMs = 0;
          let letGo = 0;
          for (const step of steps) {
            now += step;
            forwardMs += Math.max(0, step);
            if (pace.take(now) === 0) letGo++;
          }
          expect(letGo).toBeLessThanOrEqual(perSecond + (forwardMs * perSecond) / 1_000 + 1e-6);
        },
      ),
    );
  });
});
