import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WAITING_COUNT } from '../language/cells.ts';
import { newLayout } from '../language/layout.ts';
import { testMemory } from './memory.testkit.ts';
import { blocksOf, type Memory } from './memory.ts';
import {
  crowded,
  firstWaiting,
  keepWaiting,
  MOST_WAITING,
  newSamples,
  releaseWaiting,
  waiting,
} from './waiting.ts';

const SLOT = 0;

const memory = (): Memory => testMemory(newLayout().size);

function keep(m: Memory, ts: number): void {
  const samples = newSamples(1);
  samples.count = 1;
  samples.slots[0] = SLOT;
  samples.values[0] = ts / 2;
  keepWaiting(m, ts, samples);
}

function released(m: Memory, limit: number): (readonly [ts: number, value: number])[] {
  const samples = newSamples(1);
  const all: (readonly [number, number])[] = [];
  releaseWaiting(m, limit, samples, (ts) => all.push([ts, samples.values[0]!]));
  return all;
}

describe('samples that wait for late ones', () => {
  it('are a list in the order of time, each time once, whatever came and went before', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -20, max: 60 }), fc.nat({ max: 3 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(steps, (moves) => {
        const m = memory();
        let list: number[] = [];
        let newest = 1_000;
        for (const [ahead, release] of moves) {
          const ts = newest + ahead;
          newest = Math.max(newest, ts);
          keep(m, ts);
          list = [...new Set([...list, ts])].sort((a, b) => a - b);
          if (release === 0) {
            const limit = newest - 30;
            expect(released(m, limit)).toEqual(list.filter((t) => t < limit).map((t) => [t, t / 2]));
            list = list.filter((t) => t >= limit);
          }
          expect([...waiting(m, blocksOf(m))].map((sample) => sample.ts)).toEqual(list);
          expect(firstWaiting(m)).toBe(list[0] ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it('take room for those that wait, not for all that ever did', () => {
    const m = memory();
    for (let ts = 0; ts < 200_000; ts++) {
      keep(m, ts);
      released(m, ts - 100);
    }
    expect(blocksOf(m).length).toBeLessThan(2_000);
  });

  it('say when they are too many, and from when on they may stay', () => {
    const m = memory();
    for (let ts = 0; ts < MOST_WAITING; ts++) keep(m, ts);
    expect(crowded(m)).toBe(Number.NEGATIVE_INFINITY);
    for (let ts = MOST_WAITING; ts < MOST_WAITING + 10; ts++) keep(m, ts);
    expect(crowded(m)).toBe(10);
    expect(released(m, crowded(m))).toHaveLength(10);
    expect(m.v[m.o + WAITING_COUNT]).toBe(MOST_WAITING);
  });
});
