import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnRuns, RUN_CELLS, RUNS_LEAST, runP99 } from './run-lengths.ts';

const SPAN = 1_000_000;

/** What is known after runs of these lengths, each after a rest of ten; `lost` of them begin in a silence. */
function learnt(lengths: readonly number[], lost: ReadonlySet<number> = new Set()): number {
  const v = new Float64Array(RUN_CELLS + 1).fill(Number.NaN);
  let t = 1;
  const tell = (running: number, sure = 1_000_000): void =>
    learnRuns(v, 1, t, running, t + sure, SPAN, Number.NaN);
  tell(0);
  for (const [i, length] of lengths.entries()) {
    tell(0, lost.has(i) ? 5 : undefined);
    t += 10;
    tell(1);
    t += length;
    tell(0);
  }
  return runP99(v, 1, SPAN + 1, SPAN);
}

describe('how long it usually runs', () => {
  it('is the length that 99 of 100 runs do not exceed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: RUNS_LEAST, maxLength: 790 }),
        (runs) => {
          const p99 = learnt(runs);
          expect(runs).toContain(p99);
          expect(runs.filter((length) => length > p99).length).toBeLessThanOrEqual(runs.length / 100);
          expect(runs.filter((length) => length >= p99).length).toBeGreaterThan(runs.length / 100);
        },
      ),
    );
  });

  it('is not known of a few', () => {
    expect(learnt([5, 6, 7])).toBeNaN();
  });

  it('leaves out runs whose beginning nobody heard', () => {
    expect(learnt([...Array.from({ length: 20 }, () => 30), 500], new Set([20]))).toBe(30);
  });
});
