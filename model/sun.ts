import { getTimes } from 'suncalc';
import { DAY_MS, MINUTE_MS } from './clock.ts';

/** Where on earth, in degrees north and east. */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** Sunrise to sunset, epoch milliseconds. Below the polar circles one a day. */
type Daylight = readonly [from: number, to: number];

/** A few places × the days of a backtest; beyond that the oldest go. */
const CACHE_SIZE = 4096;
const cache = new Map<string, readonly Daylight[]>();

function daylightOfSolarDay(noon: number, { lat, lon }: Coordinates): Daylight | undefined {
  const times = getTimes(new Date(noon), lat, lon);
  if (times.sunrise && times.sunset) return [times.sunrise.getTime(), times.sunset.getTime()];
  if (!times.alwaysUp) return undefined;
  // From one solar noon to the next are up to 30 s more than a day: without the minute there would be a gap of night.
  const middle = times.solarNoon.getTime();
  return [middle - DAY_MS / 2 - MINUTE_MS, middle + DAY_MS / 2 + MINUTE_MS];
}

/** Daylight that can touch the UTC day: solar days of far longitudes begin on the day before or after. */
function daylightsAround(day: number, place: Coordinates): readonly Daylight[] {
  const key = `${day},${place.lat},${place.lon}`;
  let daylights = cache.get(key);
  if (!daylights) {
    daylights = [day - 1, day, day + 1].flatMap((d) => {
      const daylight = daylightOfSolarDay(d * DAY_MS + DAY_MS / 2, place);
      return daylight ? [daylight] : [];
    });
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value as string);
    cache.set(key, daylights);
  }
  return daylights;
}

/** Whether the upper limb of the sun is above the horizon (altitude of its centre −0.833°). */
export function isSunUp(at: number, place: Coordinates): boolean {
  return daylightsAround(Math.floor(at / DAY_MS), place).some(([from, to]) => at >= from && at < to);
}

/**
 * From `offset_min` after sunset to `offset_min` before sunrise. A bare sunset is too early: 35 lux, when street
 * lamps are due, comes about 20 minutes later (Dundee City Council), hence rules ask for `night(30)`.
 *
 * Holds over midnight, through polar nights, and never comes in polar days.
 */
export function isNight(at: number, place: Coordinates, offset_min = 0): boolean {
  const offset = offset_min * MINUTE_MS;
  return !isSunUp(at - offset, place) && !isSunUp(at, place) && !isSunUp(at + offset, place);
}

/** From `offset_min` after sunrise to `offset_min` before sunset. */
export function isDay(at: number, place: Coordinates, offset_min = 0): boolean {
  const offset = offset_min * MINUTE_MS;
  return isSunUp(at - offset, place) && isSunUp(at, place) && isSunUp(at + offset, place);
}
