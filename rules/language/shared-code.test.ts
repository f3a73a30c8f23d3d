import { describe, expect, it } from 'vitest';
import { HEADER_CELLS } from './cells.ts';
import { countedFromFirst, createShare } from './shared-code.ts';

describe('lines counted from the first cell', () => {
  const about = (first: number): readonly string[] => [
    `let x0 = v[o + ${first + 2}];`,
    `if (x0 > v[o + 5]) c.own.learn(v, o + ${first}, t);`,
  ];

  it('are equal for two metrics, and say where each begins', () => {
    const [one, other] = [countedFromFirst(about(HEADER_CELLS)), countedFromFirst(about(104))];
    expect(one.lines).toEqual(other.lines);
    expect([one.from, other.from]).toEqual([HEADER_CELLS, 104]);
    expect(one.lines).toEqual([`let x0 = v[b + 2];`, 'if (x0 > v[o + 5]) c.own.learn(v, b + 0, t);']);
  });

  it('stay as they are where all is in the header', () => {
    expect(countedFromFirst(['return v[o + 3];'])).toEqual({ lines: ['return v[o + 3];'], from: -1 });
  });
});

it('makes one function of equal lines', () => {
  const share = createShare();
  const twice = (): ((x: number) => number) => share(['x'], ['return 2 * x;']);
  expect(twice()).toBe(twice());
  expect(twice()(4)).toBe(8);
  expect(share(['y'], ['return 2 * x;'])).not.toBe(twice());
});
