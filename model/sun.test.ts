import { describe, expect, it } from 'vitest';
import { expectedLevel } from './lighting.ts';
import { isDay, isNight, isSunUp } from './sun.ts';

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
    expect(isSunUp(at('2026-03-21T00:00Z'), fiji)).toBe(true); // local noon
    expect(isSunUp(at('2026-03-21T12:00Z'), fiji)).toBe(false); // local midnight
  });
});

describe('expected level', () => {
  const place = { ...london, tz: 'Europe/London' };
  const lighting = {
    offset_min: 0,
    level_pct: 100,
    steps: [
      { at: '23:00', level_pct: 50 },
      { at: '05:00', level_pct: 80 },
    ],
  };
  it.each([
    ['2026-01-10T12:00Z', 0],
    ['2026-01-10T18:00Z', 100],
    ['2026-01-10T23:00Z', 50],
    ['2026-01-11T02:00Z', 50],
    ['2026-01-11T05:30Z', 80],
    ['2026-07-10T22:05Z', 50], // 23:05 on the summer clock
  ])('at %s is %i %%', (iso, level) => {
    expect(expectedLevel(at(iso), place, lighting)).toBe(level);
  });
});
