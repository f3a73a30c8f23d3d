import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stallOf, standsByPlace, type WatchedStep } from './stalled.ts';

const WALL = Date.UTC(2026, 0, 1);

function stepAt(queue: { place: number; head: number }): WatchedStep {
  return {
    name: 'series',
    limitMs: 30_000,
    standsSince: standsByPlace(
      () => queue.place,
      () => queue.head - queue.place,
    ),
    reason: () => `${queue.head - queue.place} entries wait`,
    advice: 'Start InfluxDB.',
  };
}

describe('a step that stands still', () => {
  it('is told after its limit: which, since when, why and what to do; until it moves', () => {
    const queue = { place: 5, head: 5 };
    const step = stepAt(queue);
    const story: [now: number, place: number, head: number, stands: boolean][] = [
      [0, 5, 5, false],
      [60_000, 5, 5, false], // Nothing to do is no standstill.
      [61_000, 5, 9, false],
      [91_000, 5, 99, false],
      [91_001, 5, 99, true],
      [92_000, 6, 99, false], // One entry on: it goes.
      [122_001, 6, 99, true],
      [123_000, 99, 99, false],
      [300_000, 99, 100, false], // The wait begins with the new entry, not with the last move.
    ];
    for (const [now, place, head, stands] of story) {
      Object.assign(queue, { place, head });
      expect([now, stallOf(step, now, WALL + now) !== undefined]).toEqual([now, stands]);
    }
    Object.assign(queue, { place: 100, head: 101 });
    stallOf(step, 400_000, WALL);
    expect(stallOf(step, 431_000, WALL + 431_000)).toEqual({
      step: 'series',
      since: WALL + 400_000,
      text: 'stands still since 2026-01-01T00:06:40.000Z (31 s): 1 entries wait. Start InfluxDB.',
    });
  });

  it('is never told while every look finds it farther on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ passed: fc.integer({ min: 1, max: 9 }), ms: fc.nat(29_999) })),
        (looks) => {
          const queue = { place: 0, head: 1_000_000 };
          const step = stepAt(queue);
          let now = 0;
          for (const { passed, ms } of looks) {
            expect(stallOf(step, now, WALL)).toBeUndefined();
            queue.place += passed;
            now += ms;
          }
        },
      ),
    );
  });
});
