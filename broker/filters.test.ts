import { describe, expect, it } from 'vitest';
import { filterMatches, isFilter, mayMatch } from './filters.ts';

describe('subscription filters', () => {
  it.each(['site/#', '#', '+/+', '+', 'a/+/b', '/a', 'a//b', '$SYS/#'])('%s is one', (filter) => {
    expect(isFilter(filter)).toBe(true);
  });
  it.each(['', 'a#', 'a/#/b', 'a+', '+a/b', '$share/g/a', 'a\0b'])('%j is none', (filter) => {
    expect(isFilter(filter)).toBe(false);
  });
});

describe('a topic is named by a filter', () => {
  it.each([
    ['site/#', 'site/a/pump/b/telemetry', true],
    ['site/#', 'site', true],
    ['#', 'a', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['+/+', '/foo', true],
    ['/+', '/foo', true],
    ['+', '/foo', false],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['a/b', 'a/b/c', false],
    ['a/b/#', 'a', false],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(filterMatches(filter, topic)).toBe(expected);
  });

  it.each([
    ['site/+/pump/p-1/set', false],
    ['site/+/+/p-1/+', true],
    ['site/north/#', true],
    ['+/+/+/+/+', true],
    ['+/+', false],
    ['site/+/+/+/telemetry/#', true],
    ['site/+/+/+/telemetry/x/#', false],
  ])('telemetry may be among what %s names: %s', (filter, expected) => {
    expect(mayMatch(filter, ['site', '+', '+', '+', 'telemetry'])).toBe(expected);
  });
});
