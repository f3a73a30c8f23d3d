import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../model/clock.ts';
import { localTime } from '../model/local-time.ts';
import { isDay, sunAltitude } from '../model/sun.ts';

/** Tables of the US Naval Observatory, kept beside a developer's checkout and not in the project. */
const folder = resolve(import.meta.dirname, '../../shared/data/solar');
/** Above it the sun crosses the horizon so flatly that a minute's table cannot say better. */
const FLAT_LATITUDE = 61.2;

function rows(name: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, name), 'utf8'), { columns: true }) as Record<string, string>[];
}

interface Place {
  readonly lat: number;
  readonly lon: number;
}
type IsLight = (at: number, place: Place) => boolean;

const isTwilight: IsLight = (at, place) => sunAltitude(at, place) >= -6;

/** By kind of table: when it is light; the words for all day and for none of it. */
const TABLES: readonly (readonly [kind: string, light: IsLight, always: string, never: string])[] = [
  ['sunrise_sunset', isDay, 'ALL_DAY', 'ALL_NIGHT'],
  ['civil_twilight', isTwilight, 'ALL_DAY_TWILIGHT', 'ALL_NIGHT_TWILIGHT'],
];

const placeOf = (row: Record<string, string>): Place => ({
  lat: Number(row['lat']),
  lon: Number(row['lon']),
});

/** Whether it becomes light (or dark) at `at`, give or take the table's minute, or two where the sun moves flatly. */
function turnsAt(light: IsLight, at: number, isLightAfter: boolean, place: Place): boolean {
  const tolerance_ms = (Math.abs(place.lat) > FLAT_LATITUDE ? 120 : 60) * SECOND_MS;
  return light(at - tolerance_ms, place) !== isLightAfter && light(at + tolerance_ms, place) === isLightAfter;
}

describe.runIf(existsSync(folder))('the sun beside the tables of the Naval Observatory', () => {
  it.each(TABLES)(
    '%s comes within a minute (two above 61.2°) at every place and day of the tables',
    (kind, light, always, never) => {
      const wrong: string[] = [];
      let events = 0;
      for (const row of rows('usno_full_year.csv')) {
        if (row['kind'] !== kind) continue;
        const place = placeOf(row);
        const day = Date.parse(`${row['utc_date']}T00:00Z`);
        for (const [key, isLightAfter] of [
          ['begin_utc', true],
          ['end_utc', false],
        ] as const) {
          if (!/^\d\d:\d\d$/.test(row[key] ?? '')) continue;
          events++;
          const at = Date.parse(`${row['utc_date']}T${row[key]}Z`);
          if (!turnsAt(light, at, isLightAfter, place))
            wrong.push(`${row['place']} ${row['utc_date']} ${key}`);
        }
        if (row['day_type'] === 'NORMAL') continue;
        const hours = [...Array(24).keys()].map((hour) => light(day + hour * 60 * MINUTE_MS, place));
        const expected = { [always]: true, [never]: false }[row['day_type'] ?? ''];
        if (expected !== undefined && hours.some((is) => is !== expected)) {
          wrong.push(`${row['place']} ${row['utc_date']} ${row['day_type']}`);
        }
      }
      expect(events).toBeGreaterThan(2_000);
      expect(wrong).toEqual([]);
    },
  );

  it.each([
    ['sun_below_-0.833', isDay],
    ['sun_below_-6', isTwilight],
  ] as const)('%s is right for every probe', (threshold, light) => {
    const probes = rows('night_probes.csv').filter((row) => row['threshold'] === threshold);
    const wrong = probes.filter((row) => {
      const isDark = !light(Date.parse(row['utc'] ?? ''), placeOf(row));
      return isDark !== (row['expected'] === 'dark');
    });
    expect(probes.length).toBeGreaterThan(500);
    expect(wrong.map((row) => `${row['place']} ${row['utc']}`)).toEqual([]);
  });

  it('comes at the right minute of the wall clock, daylight saving or not', () => {
    const vectors = rows('dst_and_local_vectors.csv');
    expect(vectors.length).toBe(30);
    for (const row of vectors) {
      const at = Date.parse(row['utc'] ?? '');
      const [, day, hour, minute] = /^(\S+)T(\d\d):(\d\d)/.exec(row['local'] ?? '') ?? [];
      const wall = { day, minute: 60 * Number(hour) + Number(minute) };
      expect(localTime(at, row['iana_tz'] ?? '')).toEqual(wall);
      const light = row['event']?.startsWith('civil') ? isTwilight : isDay;
      const isLightAfter = /sunrise|dawn/.test(row['event'] ?? '');
      // NREL's example of 2003-10-17 tells the sunset in that day of UT, which is the evening of the 16th by its own wall clock.
      const told = row['place'] === 'golden_co' && row['event'] === 'sunset' ? at - DAY_MS : at;
      expect(turnsAt(light, told, isLightAfter, placeOf(row)), JSON.stringify(row)).toBe(true);
    }
  });
});
