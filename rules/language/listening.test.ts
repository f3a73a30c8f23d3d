import { describe, expect, it } from 'vitest';
import { afterListening, deafAlso, deafUntil } from './listening.ts';

const up = deafUntil(100);

describe('time in which nobody listened', () => {
  it.each([
    ['before the first start', up, 40, 10, 110],
    ['is over', up, 100, 10, 110],
    ['lies within', deafAlso(up, 200, 230), 195, 10, 235],
    ['lies behind', deafAlso(up, 200, 230), 150, 10, 160],
    ['begins when the silence would be long enough', deafAlso(up, 200, 230), 190, 10, 200],
    ['comes twice', deafAlso(deafAlso(up, 200, 230), 240, 300), 190, 25, 305],
    ['had no length', deafAlso(up, 200, 200), 195, 10, 205],
  ])('does not count: it %s', (_, deaf, from, ms, due) => {
    expect(afterListening(deaf, from, ms)).toBe(due);
  });

  it('makes nothing known of what is unknown', () => {
    expect(afterListening(up, Number.NaN, 10)).toBeNaN();
    expect(afterListening(up, 100, Number.NaN)).toBeNaN();
  });

  it('is kept for the last hundred times', () => {
    let deaf = up;
    for (let i = 0; i < 150; i++) deaf = deafAlso(deaf, 1_000 + 10 * i, 1_001 + 10 * i);
    expect(deaf).toHaveLength(200);
    expect(afterListening(deaf, 0, 5)).toBe(deaf[1]! + 5);
    expect(afterListening(deaf, 2_485, 10)).toBe(2_496);
  });
});
