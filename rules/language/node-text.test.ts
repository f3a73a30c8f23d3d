import { expect, it } from 'vitest';
import { partOf } from './node-text.ts';

it.each([
  ['((a + b) * 2.0 > c) && d', 'a + b) * 2.0 > c', '(a + b) * 2.0 > c'],
  ['x > 1.0 && -( a + (b) ) < 3.0', '-( a + (b', '-( a + (b) )'],
  ['( (a) + (b) )', 'a) + (b', '(a) + (b)'],
  ['f(")") > (b)', 'f(")") > (b', 'f(")") > (b)'],
  ['a > b', 'a > b', 'a > b'],
])('%s has the part %s, which is %s', (input, part, whole) => {
  const start = input.indexOf(part);
  expect(partOf(input, start, start + part.length)).toBe(whole);
});
