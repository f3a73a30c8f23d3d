import { DAY_MS } from './clock.ts';
import { type LocalTime, localTime, minuteOfDay } from './local-time.ts';
import type { Asset, Lighting, Place, Site, SpecialNights } from './site.ts';
import { isNight, sunAltitude } from './sun.ts';

const DAY_MIN = 1440;
const NOON_MIN = DAY_MIN / 2;
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The day on which the night around a wall clock time began, as `YYYY-MM-DD`: nights cross midnight. */
function eveningOf({ day, minute }: LocalTime): string {
  if (minute >= NOON_MIN) return day;
  return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
}

function specialNight(local: LocalTime, nights: readonly SpecialNights[]): SpecialNights | undefined {
  const evening = eveningOf(local);
  const names = [evening, evening.slice(5), WEEKDAYS[new Date(evening).getUTCDay()]!];
  return nights.find(({ on }) => on.some((name) => names.includes(name)));
}

/**
 * The dimming level, in percent, once it is dark: the step that began last, or `level_pct` until the first step of the
 * night. Steps are wall clock, and nights cross midnight, so "began last" counts back from now no further than noon.
 */
export function nightLevel(at: number, { tz }: Pick<Place, 'tz'>, lighting: Lighting): number {
  const local = localTime(at, tz);
  const { level_pct, steps } = specialNight(local, lighting.nights ?? []) ?? lighting;
  const sinceNoon = (m: number): number => (m + DAY_MIN - NOON_MIN) % DAY_MIN;
  let level = level_pct;
  let began = -1;
  for (const step of steps) {
    const at_min = sinceNoon(minuteOfDay(step.at));
    if (at_min <= sinceNoon(local.minute) && at_min > began) {
      began = at_min;
      level = step.level_pct;
    }
  }
  return level;
}

/** The end of civil twilight, 3.4 lux under a clear sky: every photocell has found it dark, most at some 35 lux. */
const SURELY_DARK_DEG = -6;
/** Some 1,500 lux under a clear sky, a tenth of it under dark clouds [P]: every photocell has found it bright. */
const SURELY_BRIGHT_DEG = 3;

function isDark(at: number, place: Place, lighting: Lighting): boolean | undefined {
  if (!lighting.photocell) return isNight(at, place, lighting.offset_min, lighting.before_sunrise_min);
  const altitude_deg = sunAltitude(at, place);
  if (altitude_deg > SURELY_DARK_DEG && altitude_deg < SURELY_BRIGHT_DEG) return undefined;
  return altitude_deg <= SURELY_DARK_DEG;
}

/**
 * The dimming level, in percent, that a schedule asks of its lamps: 0 by day, that of the hour at night. NaN in twilight
 * where photocells decide.
 */
export function expectedLevel(at: number, place: Place, lighting: Lighting): number {
  const dark = isDark(at, place, lighting);
  if (dark === undefined) return Number.NaN;
  return dark ? nightLevel(at, place, lighting) : 0;
}

/** The name of the schedule that an asset follows: its own, that of its circuit, or '' for the site's. */
export function scheduleOf(asset: Asset, circuit: Asset | undefined): string {
  return String(asset.attributes['schedule'] || circuit?.attributes['schedule'] || '');
}

/** The schedule of that name; the site's own where there is none. */
export function lightingOf(site: Site, schedule: string): Lighting {
  return site.schedules?.[schedule] ?? site.lighting;
}
