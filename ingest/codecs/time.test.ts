import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRfc3339, parseTime } from './time.ts';

describe('times as devices write them', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 1_767_225_600_000],
    ['2026-01-01t00:00:00z', 1_767_225_600_000],
    ['2026-01-01 00:00:00Z', 1_767_225_600_000],
    ['2025-12-31T19:00:00-05:00', 1_767_225_600_000],
    ['2026-01-01T00:00:00.1234567Z', 1_767_225_600_123],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000],
  ])('%s', (text, ms) => expect(parseRfc3339(text)).toBe(ms));

  it.each([
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00Z\n',
    '1767225600000',
    '',
  ])('not %j', (text) => expect(parseRfc3339(text)).toBeUndefined());

  it.each([null, true, {}, [], Number.NaN, Number.POSITIVE_INFINITY])('not %j', (value) =>
    expect(parseTime(value)).toBeUndefined(),
  );

  it('agrees with what JavaScript writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseRfc3339(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });
});
