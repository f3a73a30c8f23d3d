import { describe, expect, it } from 'vitest';
import { isOrdinaryFilter } from './filters.ts';

describe('subscription filters', () => {
  it.each(['site/#', '#', '+/+', '+', 'a/+/b', '/a', 'a//b'])('%s is one', (filter) => {
    expect(isOrdinaryFilter(filter)).toBe(true);
  });
  it.each(['', 'a#', 'a/#/b', 'a+', '+a/b', '$SYS/#', '$share/g/a', 'a\0b'])('%j is none', (filter) => {
    expect(isOrdinaryFilter(filter)).toBe(false);
  });
});
