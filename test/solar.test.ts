import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../model/clock.ts';
import { isDay } from '../model/sun.ts';

/** Tables of the US Naval Observatory, kept beside a developer's checkout and not in the project. */
const folder = resolve(import.meta.dirname, '../../shared/data/solar');
/** Above it the sun crosses the horizon so flatly that a minute's table cannot say better. */
const FLAT_LATITUDE = 61.2;

function rows(name: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, name), 'utf8'), { columns: true }) as Record<string, string>[];
}

/** Whether the sun comes up (or goes down) at `at`, give or take the table's minute and `tolerance`. */
function turnsAt(
  at: number,
  isUpAfter: boolean,
  tolerance: number,
  place: { lat: number; lon: number },
): boolean {
  return isDay(at - tolerance, place) !== isUpAfter && isDay(at + tolerance, place) === isUpAfter;
}

describe.runIf(existsSync(folder))('sunrise and sunset beside the tables of the Naval Observatory', () => {
  it('come within a minute (two above 61.2°) of every place and day of the tables', () => {
    const wrong: string[] = [];
    let events = 0;
    for (const row of rows('usno_full_year.csv')) {
      if (row['kind'] !== 'sunrise_sunset') continue;
      const place = { lat: Number(row['lat']), lon: Number(row['lon']) };
      const tolerance = (Math.abs(place.lat) > FLAT_LATITUDE ? 120 : 60) * SECOND_MS;
      const day = Date.parse(`${row['utc_date']}T00:00Z`);
      for (const [key, isUpAfter] of [
        ['begin_utc', true],
        ['end_utc', false],
      ] as const) {
        if (!/^\d\d:\d\d$/.test(row[key] ?? '')) continue;
        events++;
        const at = Date.parse(`${row['utc_date']}T${row[key]}Z`);
        if (!turnsAt(at, isUpAfter, tolerance, place))
          wrong.push(`${row['place']} ${row['utc_date']} ${key}`);
      }
      if (row['day_type'] === 'NORMAL') continue;
      const hours = [...Array(24).keys()].map((hour) => isDay(day + hour * 60 * MINUTE_MS, place));
      const expected = { ALL_DAY: true, ALL_NIGHT: false }[row['day_type'] ?? ''];
      if (expected !== undefined && hours.some((up) => up !== expected)) {
        wrong.push(`${row['place']} ${row['utc_date']} ${row['day_type']}`);
      }
    }
    expect(events).toBeGreaterThan(2_000);
    expect(wrong).toEqual([]);
  });

  it('say light or dark right for every probe', () => {
    const probes = rows('night_probes.csv').filter((row) => row['threshold'] === 'sun_below_-0.833');
    const wrong = probes.filter((row) => {
      const isDark = !isDay(Date.parse(row['utc'] ?? ''), {
        lat: Number(row['lat']),
        lon: Number(row['lon']),
      });
      return isDark !== (row['expected'] === 'dark');
    });
    expect(probes.length).toBeGreaterThan(500);
    expect(wrong.map((row) => `${row['place']} ${row['utc']}`)).toEqual([]);
  });
});
