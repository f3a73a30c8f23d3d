import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DAY_MS, HOUR_MS, manualClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import { startQuarantineExpiry } from './quarantine-expiry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('removes what is too old at the start and every hour, also after it failed, until it is ended', async () => {
  const clock = manualClock(100 * DAY_MS);
  const asked: number[] = [];
  const stop = startQuarantineExpiry({
    quarantine: {
      expire: async (before) => {
        asked.push(before);
        if (asked.length === 2) throw new Error('the disk is full');
        return 1;
      },
    },
    keepDays: 90,
    clock,
    log: silentLog,
  });
  expect(asked).toEqual([10 * DAY_MS]);
  clock.set(101 * DAY_MS);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toEqual([10 * DAY_MS, 11 * DAY_MS, 11 * DAY_MS]);
  stop();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toHaveLength(3);
});
