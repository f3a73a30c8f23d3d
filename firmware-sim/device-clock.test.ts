import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { deviceClock } from './device-clock.ts';
import { ailmentsOf } from './injection.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const WELL = ailmentsOf([], 'a');

const errors = (seed: number): number[] => {
  const clock = deviceClock(WELL, START, seededRandom(seed));
  return Array.from({ length: 30 * 24 }, (_, hour) => {
    const at = START + hour * HOUR_MS;
    return clock.says(at) - at;
  });
};

test('a clock that does not drift is right', () => {
  const clock = deviceClock(WELL, START, undefined);
  expect([0, 1, DAY_MS].map((ms) => clock.says(START + ms) - START)).toEqual([0, 1, DAY_MS]);
});

test('most drift by seconds and are set once a day; a few are never set, and are minutes off after a month', () => {
  const worst = Array.from({ length: 400 }, (_, seed) => Math.max(...errors(seed).map(Math.abs)));
  const set = worst.filter((error_ms) => error_ms < 15_000);
  expect(set.length / worst.length).toBeGreaterThan(0.9);
  expect(set.length / worst.length).toBeLessThan(0.99);
  expect(set.some((error_ms) => error_ms > 3_000)).toBe(true);
  expect(Math.max(...worst)).toBeGreaterThan(100_000);
  expect(Math.max(...worst)).toBeLessThan(DAY_MS);
});

test('one that forgets the time counts from the year 2000', () => {
  const reset = {
    fault: 'clock_reset',
    asset: 'a',
    from: START,
    to: START + HOUR_MS,
    vibration_mm_s: undefined,
    battery_pct: undefined,
    onset_h: 0,
  } as const;
  const clock = deviceClock(ailmentsOf([reset], 'a'), START, seededRandom(1));
  expect(new Date(clock.says(START + 1_000)).toISOString()).toBe('2000-01-01T00:00:01.000Z');
  expect([clock.isLost(START), clock.isLost(START + HOUR_MS)]).toEqual([true, false]);
});
