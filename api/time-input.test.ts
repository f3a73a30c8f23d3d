import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvery, parseTime } from './time-input.ts';

describe('a time', () => {
  it.each([
    ['2026-01-31T18:00:00Z', Date.UTC(2026, 0, 31, 18)],
    ['2026-01-31t18:00:00.5z', Date.UTC(2026, 0, 31, 18, 0, 0, 500)],
    ['2026-01-31T18:00:00+01:00', Date.UTC(2026, 0, 31, 17)],
    // A plus that was not escaped in the query.
    ['2026-01-31T18:00:00 01:00', Date.UTC(2026, 0, 31, 17)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0', 0],
    ['1769882400000', 1_769_882_400_000],
  ])('%s', (text, ms) => expect(parseTime(text)).toBe(ms));

  it.each([
    '',
    'now',
    '-1',
    '1e3',
    '2026-01-31',
    '2026-01-31T18:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:61:00Z',
    '1969-12-31T23:59:59Z',
    '999999999999999',
  ])('"%s" is none', (text) => expect(parseTime(text)).toBeUndefined());

  it('is read back as every answer writes it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(parseTime(date.toISOString())).toBe(date.getTime());
        expect(parseTime(String(date.getTime()))).toBe(date.getTime());
      }),
    );
  });
});

describe('a width of buckets', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['366d', 366 * 86_400_000],
  ])('%s', (text, ms) => expect(parseEvery(text)).toBe(ms));

  it.each(['', '5', 'm', '0s', '-1m', '1.5h', '367d', '1w', '99999999d', '1h30m'])('"%s" is none', (text) =>
    expect(parseEvery(text)).toBeUndefined(),
  );
});
