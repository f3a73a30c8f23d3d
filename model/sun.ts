import { getPosition, getTimes } from 'suncalc';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts';

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

/** Daylight of the days around, by time, pieces that touch as one: solar days of far longitudes begin on another day. */
function daylightsAround(at: number, place: Coordinates): readonly Daylight[] {
  const day = Math.floor(at / DAY_MS);
  const key = `${day},${place.lat},${place.lon}`;
  let daylights = cache.get(key);
  if (!daylights) {
    daylights = [day - 2, day - 1, day, day + 1, day + 2].reduce<Daylight[]>((joined, d) => {
      const daylight = daylightOfSolarDay(d * DAY_MS + DAY_MS / 2, place);
      const last = joined.at(-1);
      if (daylight && last && daylight[0] <= last[1]) joined[joined.length - 1] = [last[0], daylight[1]];
      else if (daylight) joined.push(daylight);
      return joined;
    }, []);
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value as string);
    cache.set(key, daylights);
  }
  return daylights;
}

/**
 * From `offset_min` after sunset to `before_sunrise_min` before sunrise; negative ones begin earlier and end later. A
 * bare sunset is too early: 35 lux, when street lamps are due, comes about 20 minutes later (Dundee City Council),
 * hence rules ask for `night(30)`.
 *
 * Holds over midnight, through polar nights, and never comes in polar days.
 */
export function isNight(
  at: number,
  place: Coordinates,
  offset_min = 0,
  before_sunrise_min = offset_min,
): boolean {
  const [after, before] = [offset_min * MINUTE_MS, before_sunrise_min * MINUTE_MS];
  return !daylightsAround(at, place).some(([from, to]) => at >= from - before && at < to + after);
}

/**
 * From `offset_min` after sunrise to `offset_min` before sunset: without it, whether the upper limb of the sun is above
 * the horizon (altitude of its centre −0.833°).
 */
export function isDay(at: number, place: Coordinates, offset_min = 0): boolean {
  const offset = offset_min * MINUTE_MS;
  return daylightsAround(at, place).some(([from, to]) => at >= from + offset && at < to - offset);
}

/** What suncalc adds for refraction on the horizon and everywhere below it, degrees. */
const REFRACTION_DEG = 0.48;

/**
 * How high the centre of the sun stands without refraction, degrees, negative below the horizon: what the ends of
 * twilight are told by. A sun high in the sky is told up to half a degree too low.
 */
export function sunAltitude(at: number, { lat, lon }: Coordinates): number {
  return getPosition(new Date(at), lat, lon).altitude - REFRACTION_DEG;
}

/** Hours of the night that began last, sunset to sunrise: 24 where the sun does not rise, 0 where it does not set. */
export function nightHours(at: number, place: Coordinates): number {
  const daylights = daylightsAround(at, place);
  const last = daylights.findLastIndex(([, to]) => to <= at);
  const sunset = daylights[last]?.[1];
  if (sunset === undefined) return daylights.some(([from, to]) => at >= from && at < to) ? 0 : 24;
  const sunrise = daylights[last + 1]?.[0] ?? Number.POSITIVE_INFINITY;
  return Math.min(24, (sunrise - sunset) / HOUR_MS);
}
