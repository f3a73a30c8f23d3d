import { expect, test } from 'vitest';
import { ago, siteTime, span } from './time.ts';

const NOW = Date.parse('2026-03-29T10:30:00Z');

test.each([
  ['2026-03-29T09:05:00Z', 'Europe/London', '10:05'],
  ['2026-03-29T00:30:00Z', 'Europe/London', '00:30'],
  ['2026-03-28T23:59:00Z', 'Europe/London', 'yesterday 23:59'],
  ['2026-03-30T09:00:00Z', 'Europe/London', 'tomorrow 10:00'],
  ['2026-03-22T12:00:00Z', 'Asia/Shanghai', 'Sun 22 Mar 20:00'],
  ['2025-12-31T23:30:00Z', 'Europe/Berlin', 'Thu 1 Jan 00:30'],
  ['2025-12-31T12:00:00Z', 'Europe/Berlin', 'Wed 31 Dec 2025 13:00'],
])('%s in %s reads %s', (at, tz, text) => {
  expect(siteTime(Date.parse(at), tz, NOW)).toBe(text);
});

test.each([
  [8_000, '8 s'],
  [59 * 60_000, '59 min'],
  [3_600_000, '1 h'],
  [2 * 3_600_000 + 10 * 60_000, '2 h 10 min'],
  [30 * 3_600_000, '30 h'],
  [50 * 3_600_000, '2 days'],
  [-5, '0 s'],
])('%d ms is %s', (ms, text) => {
  expect(span(ms)).toBe(text);
});

test('ages look back, time limits look ahead', () => {
  expect(ago(NOW - 2_000, NOW)).toBe('just now');
  expect(ago(NOW - 720_000, NOW)).toBe('12 min ago');
  expect(ago(NOW + 3 * 3_600_000, NOW)).toBe('in 3 h');
});
