import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { expectedLevel, lightingOf, nightLevel } from '../model/lighting.ts';
import { localTime } from '../model/local-time.ts';
import type { Random } from '../model/random.ts';
import type { Site } from '../model/site.ts';
import { isNight } from '../model/sun.ts';
import { daylightOf } from './daylight.ts';

const QUARTER_MS = 15 * MINUTE_MS;
/** Ten days of minutes; beyond that the memory starts afresh. */
const MEMORY_SIZE = 14_400;

/** What lamps are told, in percent, and for how many minutes that has been above 0, an hour at most. */
export type Lit = (at: number) => { readonly level_pct: number; readonly minutes: number };

/** What the site's wall clock, sky and lighting schedules say, remembered: hundreds of devices ask for the same minutes. */
export interface Calendar {
  /** Minutes since local midnight, with fraction. */
  minute(at: number): number;
  weekend(at: number): boolean;
  /** Air outside; steel and asphalt follow the sun with a few hours' delay. */
  air_c(at: number): number;
  /** A lighting schedule by its name. `cell_lux`: what the lamp's photocell switches it on at, where it has one. */
  lit(schedule: string, cell_lux: number): Lit;
}

function remember<T>(make: (key: number) => T): (key: number) => T {
  const memory = new Map<number, T>();
  return (key) => {
    let value = memory.get(key);
    if (value === undefined) {
      if (memory.size >= MEMORY_SIZE) memory.clear();
      value = make(key);
      memory.set(key, value);
    }
    return value;
  };
}

/** A photocell lets go of its lamp at half of what it switched it on at ("35/18 lux"): mornings grow brighter faster. */
const OFF_SHARE = 0.5;

/** `random`: the luck of the weather. */
export function calendarOf(site: Site, random: Random): Calendar {
  const quarter = remember((q) => {
    const { day, minute } = localTime(q * QUARTER_MS, site.tz);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return { minute, weekend: weekday === 0 || weekday === 6 };
  });
  const sky = daylightOf(site, random.fork('sky'));
  const lux = remember((m) => sky.lux(m * MINUTE_MS));
  const litBy = (level: (m: number) => number): Lit => {
    const lit = remember((m) => {
      let minutes = 0;
      while (minutes < 60 && level(m - minutes) > 0) minutes++;
      return { level_pct: level(m), minutes };
    });
    return (at) => lit(Math.floor(at / MINUTE_MS));
  };
  const lits = new Map<string, Lit>();
  const minute = (at: number): number => {
    const q = Math.floor(at / QUARTER_MS);
    return quarter(q).minute + (at - q * QUARTER_MS) / MINUTE_MS;
  };
  return {
    minute,
    air_c: (at) => 11 - 5 * Math.cos(((minute(at) - 180) / 1440) * 2 * Math.PI),
    weekend: (at) => quarter(Math.floor(at / QUARTER_MS)).weekend,
    lit: (schedule, cell_lux) => {
      const lighting = lightingOf(site, schedule);
      const key = lighting.photocell ? `${schedule} ${cell_lux}` : schedule;
      const known = lits.get(key);
      if (known) return known;
      const level = remember((m) => {
        const at = m * MINUTE_MS;
        if (!lighting.photocell) return expectedLevel(at, site, lighting);
        const dark_lux = sky.rises(at) ? OFF_SHARE * cell_lux : cell_lux;
        return lux(m) < dark_lux ? nightLevel(at, site, lighting) : 0;
      });
      const lit = litBy(level);
      lits.set(key, lit);
      return lit;
    },
  };
}

/**
 * When the lamps went on in the latest nights that began before `now`, latest first: `[0]` is last night (or this
 * one, when it has begun), `[1]` the night before it. Looks back two weeks; polar days have no night.
 */
export function nightsBefore(now: number, site: Site): number[] {
  const night = (m: number): boolean => isNight(m * MINUTE_MS, site, site.lighting.offset_min);
  const starts: number[] = [];
  const from = Math.floor(now / MINUTE_MS);
  const until = Math.floor((now - 14 * 24 * HOUR_MS) / MINUTE_MS);
  for (let m = from; m > until && starts.length < 2; m--) {
    if (night(m) && !night(m - 1)) starts.push(m * MINUTE_MS);
  }
  return starts;
}
