import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../model/clock.ts';
import { expectedLevel } from '../model/lighting.ts';
import { seededRandom } from '../model/random.ts';
import type { Lighting } from '../model/site.ts';
import { calendarOf } from './calendar.ts';
import { daylightOf } from './daylight.ts';
import { demoSite } from './demo.testkit.ts';

const cells: Lighting = { photocell: true, offset_min: 0, level_pct: 100, steps: [] };
const london = { ...demoSite, tz: 'Europe/London', lat: 51.5, lon: -0.1, lighting: cells };
const tromso = { ...london, tz: 'Europe/Oslo', lat: 69.65, lon: 18.96 };
const START = Date.parse('2026-01-10T12:00:00Z');

test('35 lux come some 20 minutes after sunset, sooner under clouds', () => {
  // Sunset is at 16:13.
  const minutes = Array.from({ length: 60 }, (_, seed) => {
    const { lux } = daylightOf(london, seededRandom(seed));
    let minute = -60;
    while (lux(Date.parse('2026-01-10T16:13Z') + minute * MINUTE_MS) > 35) minute++;
    return minute;
  });
  expect(Math.max(...minutes)).toBeGreaterThan(12);
  expect(Math.max(...minutes)).toBeLessThan(24);
  expect(Math.min(...minutes)).toBeLessThan(6);
});

describe.each([
  ['London', london],
  ['Tromsø', tromso],
])('photocells in %s', (_, site) => {
  test('do what is expected of them wherever something is, and differ in twilight', () => {
    const calendar = calendarOf(site, seededRandom(1));
    const lits = [20, 55].map((lux) => calendar.lit('', lux));
    let differs = 0;
    for (let day = 0; day < 365; day += 5) {
      for (let at = START + day * DAY_MS; at < START + (day + 1) * DAY_MS; at += 7 * MINUTE_MS) {
        const levels = lits.map((lit) => lit(at).level_pct);
        const level = expectedLevel(at, site, cells);
        if (Number.isNaN(level)) differs += Number(levels[0] !== levels[1]);
        else expect(levels).toEqual([level, level]);
      }
    }
    expect(differs).toBeGreaterThan(20);
  });
});
