import { describe, expect, it } from 'vitest';
import { expectedLevel, lightingOf, scheduleOf } from './lighting.ts';
import type { Asset, Lighting, Site } from './site.ts';

const london = { lat: 51.5, lon: -0.13, tz: 'Europe/London' };
const tromso = { lat: 69.65, lon: 18.96, tz: 'Europe/Oslo' };
const dimmed: Lighting = {
  offset_min: 0,
  level_pct: 100,
  steps: [
    { at: '23:00', level_pct: 50 },
    { at: '05:00', level_pct: 80 },
  ],
};
const partNight: Lighting = {
  offset_min: 20,
  before_sunrise_min: 0,
  level_pct: 100,
  steps: [
    { at: '00:30', level_pct: 0 },
    { at: '05:30', level_pct: 100 },
  ],
  nights: [
    { on: ['12-31'], level_pct: 100, steps: [] },
    { on: ['2026-12-24', '12-25'], level_pct: 70, steps: [{ at: '02:00', level_pct: 40 }] },
    { on: ['fri', 'sat'], level_pct: 100, steps: [{ at: '02:00', level_pct: 0 }] },
  ],
};

describe('the level that a schedule asks for', () => {
  it.each([
    // Dimmed at 23:00 and 05:00; sunset 16:13, sunrise 08:02.
    [dimmed, '2026-01-10T12:00Z', 0],
    [dimmed, '2026-01-10T18:00Z', 100],
    [dimmed, '2026-01-10T23:00Z', 50],
    [dimmed, '2026-01-11T02:00Z', 50],
    [dimmed, '2026-01-11T05:30Z', 80],
    [dimmed, '2026-07-10T22:05Z', 50], // 23:05 on the summer clock
    // The clock goes forward on 29 March at 01:00 and back on 25 October at 02:00.
    [dimmed, '2026-03-29T03:59Z', 50], // 04:59 of the new summer time
    [dimmed, '2026-03-29T04:01Z', 80],
    [dimmed, '2026-10-25T04:59Z', 50], // 04:59 of the new winter time
    [dimmed, '2026-10-25T05:01Z', 80],
    // Part-night: off at 00:30 on weekdays, at 02:00 of nights that began on Friday and Saturday.
    [partNight, '2026-01-12T16:30Z', 0], // 16:16 + 20 min not yet come
    [partNight, '2026-01-12T16:40Z', 100],
    [partNight, '2026-01-13T00:29Z', 100],
    [partNight, '2026-01-13T00:30Z', 0],
    [partNight, '2026-01-13T05:30Z', 100],
    [partNight, '2026-01-13T07:55Z', 100], // to the very sunrise
    [partNight, '2026-01-17T01:00Z', 100], // Saturday morning is Friday's night
    [partNight, '2026-01-17T02:00Z', 0],
    [partNight, '2026-01-19T01:00Z', 0], // Monday morning is Sunday's night
    // Holidays by date and by day of the year, the first that fits.
    [partNight, '2026-12-24T20:00Z', 70],
    [partNight, '2026-12-25T03:00Z', 40],
    [partNight, '2027-12-25T20:00Z', 70],
    [partNight, '2027-12-24T20:00Z', 100], // that date was another year's
    [partNight, '2027-01-01T03:00Z', 100], // New Year's Eve, a Thursday's night
  ])('%# at %s is %i %%', (lighting, iso, level) => {
    expect(expectedLevel(Date.parse(iso), london, lighting)).toBe(level);
  });

  it.each([
    ['2026-06-21T00:00Z', 0],
    ['2026-12-21T10:30Z', 80],
    ['2026-12-21T11:30Z', 100], // 12:30: another night has begun
    ['2026-12-21T22:30Z', 50],
  ])('north of the polar circle at %s is %i %%', (iso, level) => {
    expect(expectedLevel(Date.parse(iso), tromso, dimmed)).toBe(level);
  });
});

describe('lamps with a photocell each', () => {
  const cells: Lighting = { ...partNight, photocell: true, nights: [] };
  it.each([
    // London in January: sunset 16:13, the end of civil twilight 16:52, civil dawn 07:23, sunrise 08:02.
    ['2026-01-10T12:00Z', 0],
    ['2026-01-10T16:00Z', Number.NaN],
    ['2026-01-10T16:45Z', Number.NaN],
    ['2026-01-10T16:55Z', 100],
    ['2026-01-11T02:00Z', 0],
    ['2026-01-11T07:20Z', 100],
    ['2026-01-11T07:30Z', Number.NaN],
    ['2026-01-11T08:40Z', 0],
  ])('at %s are asked for %d %%', (iso, level) => {
    expect(expectedLevel(Date.parse(iso), london, cells)).toBe(level);
  });

  it('are asked for nothing certain in a night of which noon is a long twilight', () => {
    expect(expectedLevel(Date.parse('2026-12-21T11:00Z'), tromso, cells)).toBeNaN();
    expect(expectedLevel(Date.parse('2026-12-21T20:00Z'), tromso, cells)).toBe(100);
  });
});

describe('which schedule', () => {
  const asset = (schedule: string): Asset => ({ attributes: { schedule } }) as unknown as Asset;
  it.each([
    ['', '', ''],
    ['', 'park', 'park'],
    ['gate', 'park', 'gate'],
  ])('lamp "%s", circuit "%s": "%s"', (lamp, circuit, name) => {
    expect(scheduleOf(asset(lamp), asset(circuit))).toBe(name);
  });

  it('is the site’s where nothing else is named', () => {
    const site = { lighting: dimmed, schedules: { park: partNight } } as unknown as Site;
    expect(scheduleOf(asset(''), undefined)).toBe('');
    expect(lightingOf(site, '')).toBe(dimmed);
    expect(lightingOf(site, 'park')).toBe(partNight);
  });
});
