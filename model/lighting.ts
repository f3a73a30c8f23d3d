import { localTime, minuteOfDay } from './local-time.ts';
import type { Lighting, Place } from './site.ts';
import { isNight } from './sun.ts';

const DAY_MIN = 1440;

/**
 * The dimming level, in percent, that the site asks of its lamps: 0 by day; at night the step that began last, or
 * `level_pct` until the first step of the night. Steps are wall clock, and nights cross midnight, so "began last"
 * counts back from now no further than noon.
 */
export function expectedLevel(at: number, place: Place, lighting: Lighting): number {
  if (!isNight(at, place, lighting.offset_min)) return 0;
  const minute = localTime(at, place.tz).minute;
  const sinceNoon = (m: number): number => (m + DAY_MIN / 2) % DAY_MIN;
  let level = lighting.level_pct;
  let began = -1;
  for (const step of lighting.steps) {
    const at_min = sinceNoon(minuteOfDay(step.at));
    if (at_min <= sinceNoon(minute) && at_min > began) {
      began = at_min;
      level = step.level_pct;
    }
  }
  return level;
}
