import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDay, isNight, nightHours } from './sun.ts';

const london = { lat: 51.5, lon: -0.13 };
const tromso = { lat: 69.65, lon: 18.96 };
const fiji = { lat: -18.1, lon: 178.4 };
const at = (iso: string): number => Date.parse(iso);

// Sunset and sunrise of the US Naval Observatory for London, 2026-01-10/11: 16:13 and 08:02 UTC.
describe('night', () => {
  it.each([
    ['2026-01-10T16:05Z', false],
    ['2026-01-10T16:20Z', true],
    ['2026-01-11T00:00Z', true],
    ['2026-01-11T07:55Z', true],
    ['2026-01-11T08:10Z', false],
  ])('in London at %s is %s', (iso, night) => {
    expect(isNight(at(iso), london)).toBe(night);
    expect(isDay(at(iso), london)).toBe(!night);
  });

  it('guards dusk and dawn by the offset', () => {
    expect(isNight(at('2026-01-10T16:35Z'), london, 30)).toBe(false);
    expect(isNight(at('2026-01-10T16:50Z'), london, 30)).toBe(true);
    expect(isNight(at('2026-01-11T07:40Z'), london, 30)).toBe(false);
  });

  it('never comes in a polar summer and never ends in a polar winter', () => {
    for (let h = 0; h < 24; h++) {
      expect(isNight(at('2026-06-21T00:00Z') + h * 3_600_000, tromso)).toBe(false);
      expect(isNight(at('2026-12-21T00:00Z') + h * 3_600_000, tromso)).toBe(true);
    }
  });

  it('is right where the solar day begins on another UTC day', () => {
    expect(isDay(at('2026-03-21T00:00Z'), fiji)).toBe(true); // local noon
    expect(isDay(at('2026-03-21T12:00Z'), fiji)).toBe(false); // local midnight
  });
});

const HOUR = 3_600_000;
const places = fc.record({
  lat: fc.double({ min: -89, max: 89, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});
const moments = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') });

describe('night anywhere', () => {
  it('is never while the sun is up nor by day, and shrinks as its offset grows', () => {
    fc.assert(
      fc.property(places, moments, fc.integer({ min: 0, max: 90 }), (place, t, offset) => {
        const [bare, guarded] = [isNight(t, place), isNight(t, place, offset)];
        expect(bare).toBe(!isDay(t, place));
        expect(guarded && !bare).toBe(false);
        expect(guarded && isDay(t, place, offset)).toBe(false);
        expect(isDay(t, place, offset) && !isDay(t, place)).toBe(false);
      }),
    );
  });

  it('begins before sunset and ends after sunrise where the offset is negative', () => {
    // 16:13 and 08:02 in London.
    expect(isNight(at('2026-01-10T16:00Z'), london, -20)).toBe(true);
    expect(isNight(at('2026-01-10T15:50Z'), london, -20)).toBe(false);
    expect(isNight(at('2026-01-11T08:20Z'), london, -20)).toBe(true);
    expect(isNight(at('2026-01-11T08:20Z'), london, -20, 0)).toBe(false);
  });

  it.each([
    ['London in January', london, '2026-01-11T00:00Z', 15.8],
    ['London in June', london, '2026-06-21T12:00Z', 7.4],
    ['a polar summer', tromso, '2026-06-21T00:00Z', 0],
    ['a polar winter', tromso, '2026-12-21T12:00Z', 24],
  ])('lasts its hours: %s', (_, place, iso, hours) => {
    expect(nightHours(at(iso), place)).toBeCloseTo(hours, 1);
  });

  it('lasts as long as it is counted, minute by minute', () => {
    fc.assert(
      fc.property(places, moments, (place, t) => {
        let dark = 0;
        for (let m = 0; m < 1440; m += 5) dark += Number(isNight(t + m * 60_000, place)) / 12;
        const near = [
          nightHours(t, place),
          nightHours(t + 12 * HOUR, place),
          nightHours(t + 24 * HOUR, place),
        ];
        // A day's nights differ by minutes; near a pole the whole season passes in days, hours from night to night.
        const spread_h = Math.abs(place.lat) > 80 ? 6 : 1;
        expect(dark).toBeGreaterThan(Math.min(...near) - spread_h);
        expect(dark).toBeLessThan(Math.max(...near) + spread_h);
      }),
      { numRuns: 60 },
    );
  });
});
