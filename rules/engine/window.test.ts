import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testWindow } from './window.testkit.ts';

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
        const window = testWindow(width);
        const all: [number, number][] = [];
        let t = 1_000_000_000;
        for (const [gap_s, value] of steps) {
          t += gap_s * 1000;
          window.add(t, value);
          all.push([t, value]);
          const inside = all.filter(([ts]) => ts > t - width).map(([, v]) => v);
          const sum = inside.reduce((a, b) => a + b, 0);
          expect(window.total('n')).toBe(inside.length);
          expect(window.total('sum')).toBeCloseTo(sum, 9);
          expect([window.total('min'), window.total('max')]).toEqual([
            Math.min(...inside),
            Math.max(...inside),
          ]);
          expect(window.total('changes')).toBe(inside.filter((v, i) => i > 0 && v !== inside[i - 1]).length);
          expect(window.total('oldest')).toBe(all.find(([ts]) => ts > t - width)![0]);
        }
      }),
    );
  });

  it('stays small however many samples it sees, and keeps their sum', () => {
    const window = testWindow(HOUR);
    for (let i = 0; i < 36_000; i++) window.add(i * 1000, i % 2);
    const [n, sum, squares] = [window.total('n'), window.total('sum'), window.total('squares')];
    expect(window.panes()).toBeLessThanOrEqual(130);
    expect(n).toBeGreaterThanOrEqual(3600);
    expect(n).toBeLessThan(3600 * (1 + 2 / 128));
    expect(sum / n).toBeCloseTo(0.5, 2);
    expect(Math.sqrt(squares / n - (sum / n) ** 2)).toBeCloseTo(0.5, 2);
  });

  it('knows how a counter rises over a reset, and the slope of a line', () => {
    const counter = testWindow(4 * HOUR);
    [10, 14, 2, 6].forEach((value, i) => {
      counter.add(i * HOUR, value);
    });
    // 4 up, reset and 2 up, 4 up.
    expect(counter.total('rise')).toBeCloseTo(10, 9);
    expect(counter.total('oldest')).toBe(0);
    const line = testWindow(4 * HOUR);
    [5, 8, 11, 14].forEach((value, i) => {
      line.add(i * HOUR, value);
    });
    expect(line.slope()).toBeCloseTo(3, 9);
  });
});
