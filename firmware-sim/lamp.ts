import { MINUTE_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import type { Ailments } from './injection.ts';

/** What the controller on the pole draws when its lamp is off. */
const STANDBY_W = 0.4;
/** A cold LED draws more; it settles in about a quarter of an hour. */
const COLD_SHARE = 0.05;
const SETTLE_MIN = 7;
/** Drivers that keep the light constant draw so much more when the LED has given its rated hours. */
const AGED_SHARE = 0.04;
const AGED_H = 50_000;
/** Some strings of the module are dead: so much of the power is left. */
const STRINGS_LEFT = 0.6;
/** A hot driver gives so much; a hotter one nothing, until it has cooled. */
const DERATED = 0.7;
const DERATES_FROM = 0.5;
const SHUTS_DOWN_FROM = 0.9;
/** A loose joint: dark for two of every so many minutes. */
const DARK_MS = 2 * MINUTE_MS;
const LOOSE_MIN = { least: 8, spread: 5 };

/** A lamp without its meter: what it is told and what it draws, a function of time alone. */
export interface Lamp {
  /** Hours that it had burnt when the simulation began. */
  readonly age_h: number;
  /** The level it is told, in percent. */
  level(at: number): number;
  power(at: number): number;
  /** Whether its circuit is live; the controllers have a feed of their own and go on speaking. */
  fed(at: number): boolean;
  /** Times that it was lit again after `from`, until `to`, besides by its schedule. */
  relit(from: number, to: number): number;
  /** What its hot driver says of itself. */
  thermal(at: number): 'derating' | 'shutdown' | undefined;
}

/** What photocells switch their lamps on at: 35 lux by the book, and what time and dirt make of it. */
const CELL_LUX = [20, 28, 35, 43, 55] as const;

export interface LampOptions {
  readonly asset: Asset;
  /** The name of the schedule that it follows. */
  readonly schedule: string;
  readonly calendar: Calendar;
  readonly ailments: Ailments;
  /** Of the circuit that feeds it. */
  readonly circuit: Ailments | undefined;
  readonly random: Random;
}

export function lampOf({ asset, schedule, calendar, ailments, circuit, random }: LampOptions): Lamp {
  const rated_w = Number(asset.attributes['rated_w']);
  // No two drivers are alike: ±3 % of rated power.
  const share = 1 + 0.03 * (2 * random.next() - 1);
  const age_h = 6_000 + random.next() * 9_000;
  const aged = 1 + (AGED_SHARE * age_h) / AGED_H;
  const loose_ms = (LOOSE_MIN.least + LOOSE_MIN.spread * random.next()) * MINUTE_MS;
  const lit = calendar.lit(schedule, CELL_LUX[Math.floor(CELL_LUX.length * random.fork('cell').next())]!);
  const fed = (at: number): boolean => circuit?.at('circuit_out', at) === undefined;
  // A day-burner's relay is welded: no schedule, no dimming.
  const isWelded = (at: number): boolean =>
    ailments.at('day_burner', at) !== undefined || ailments.at('day_burner_counted', at) !== undefined;
  const level = (at: number): number => (isWelded(at) ? 100 : lit(at).level_pct);
  const thermal = (at: number): 'derating' | 'shutdown' | undefined => {
    if (level(at) === 0) return undefined;
    const heat = ailments.severity('driver_hot', at);
    return heat >= SHUTS_DOWN_FROM ? 'shutdown' : heat >= DERATES_FROM ? 'derating' : undefined;
  };
  const isLoose = (at: number): boolean =>
    ailments.at('lamp_cycling', at) !== undefined && at % loose_ms < DARK_MS;
  const given = (at: number): number => {
    const told = level(at);
    const cold = told === 100 ? 1 + COLD_SHARE * Math.exp(-lit(at).minutes / SETTLE_MIN) : 1;
    const strings = ailments.at('wrong_level', at) ? STRINGS_LEFT : 1;
    return (told / 100) * cold * strings * (thermal(at) === 'derating' ? DERATED : 1);
  };
  return {
    age_h,
    level,
    fed,
    thermal,
    power: (at) => {
      if (!fed(at)) return 0;
      const isDark = ailments.at('lamp_out', at) !== undefined || isLoose(at) || thermal(at) === 'shutdown';
      if (level(at) === 0 || isDark) return STANDBY_W;
      return STANDBY_W + rated_w * share * aged * given(at);
    },
    relit: (from, to) => {
      if (ailments.at('lamp_cycling', to) === undefined || level(to) === 0 || !fed(to)) return 0;
      return Math.floor((to - DARK_MS) / loose_ms) - Math.floor((from - DARK_MS) / loose_ms);
    },
  };
}
