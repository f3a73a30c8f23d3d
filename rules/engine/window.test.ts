import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWindow } from './window.ts';

const HOUR = 3_600_000;

describe('a window', () => {
  it('equals a look at its samples, while they are sparse enough to keep each', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 10, max: 900 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(samples, (steps) => {
        const width = 128 * 10_000;
        const window = createWindow(width);
        const all: [number, number][] = [];
        let t = 1_000_000_000;
        for (const [gap_s, value] of steps) {
          t += gap_s * 1000;
          window.add(t, value);
          all.push([t, value]);
          const inside = all.filter(([ts]) => ts > t - width).map(([, v]) => v);
          const sum = inside.reduce((a, b) => a + b, 0);
          expect(window.count()).toBe(inside.length);
          expect(window.avg()).toBeCloseTo(sum / inside.length, 9);
          expect([window.min(), window.max()]).toEqual([Math.min(...inside), Math.max(...inside)]);
          expect(window.changes()).toBe(inside.filter((v, i) => i > 0 && v !== inside[i - 1]).length);
        }
      }),
    );
  });

  it('stays small however many samples it sees, and keeps their sum', () => {
    const window = createWindow(HOUR);
    for (let i = 0; i < 36_000; i++) window.add(i * 1000, i % 2);
    expect(window.panes().length).toBeLessThanOrEqual(130);
    expect(window.count()).toBeGreaterThanOrEqual(3600);
    expect(window.count()).toBeLessThan(3600 * (1 + 2 / 128));
    expect(window.avg()).toBeCloseTo(0.5, 2);
    expect(window.stddev()).toBeCloseTo(0.5, 2);
  });

  it('knows how a counter rises over a reset, and the slope of a line', () => {
    const counter = createWindow(4 * HOUR);
    [10, 14, 2, 6].forEach((value, i) => {
      counter.add(i * HOUR, value);
    });
    // 4 up, reset and 2 up, 4 up: 10 in three hours.
    expect(counter.rate()).toBeCloseTo(10 / 3, 9);
    const line = createWindow(4 * HOUR);
    [5, 8, 11, 14].forEach((value, i) => {
      line.add(i * HOUR, value);
    });
    expect(line.slope()).toBeCloseTo(3, 9);
  });
});
