import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import { clamp } from './device-model.ts';

/** Nobody stays or stays away longer than this share of the bay's p99.9 dwell: what is longer was injected. */
const LONGEST_SHARE = 0.6;
const SHORTEST_MS = 4 * MINUTE_MS;

/** Who parks in a bay, and when they come and go. */
export interface Habit {
  /** Whether a car stands there when the simulation begins. */
  initial(at: number): boolean;
  /** When the state that begins now ends; Infinity = never. */
  until(at: number, occupied: boolean): number;
}

/** Relative rate of visitors' arrivals in each hour of the day. */
const VISITS = [1, 1, 1, 1, 1, 2, 5, 12, 18, 16, 14, 15, 17, 16, 14, 15, 18, 22, 24, 20, 14, 9, 5, 2];
/** Relative rate at which drivers plug in. */
const CHARGES = [1, 1, 1, 1, 1, 2, 4, 9, 12, 11, 10, 11, 12, 11, 10, 11, 14, 20, 22, 18, 12, 7, 4, 2];

function nextAt(at: number, minute: number, calendar: Calendar): number {
  const ahead = (minute - calendar.minute(at) + 2880) % 1440;
  return at + ahead * MINUTE_MS;
}

/** A Poisson process whose rate follows the hour: hour by hour until the drawn amount of waiting is used up. */
function nextArrival(
  at: number,
  perDay: number,
  hours: readonly number[],
  calendar: Calendar,
  random: Random,
): number {
  const total = hours.reduce((sum, rate) => sum + rate, 0);
  let wait = -Math.log(1 - random.next());
  for (let t = at; ; ) {
    const minute = calendar.minute(t);
    const rate = (perDay * (hours[Math.floor(minute / 60) % 24] ?? 1)) / total;
    const leftH = 1 - (minute % 60) / 60;
    if (wait <= rate * leftH) return t + (wait / rate) * HOUR_MS;
    wait -= rate * leftH;
    t += leftH * HOUR_MS;
  }
}

/** Home at night, away at work; at weekends out for a few hours. */
function residentHabit(calendar: Calendar, random: Random): Habit {
  const leaves = 7 * 60 + 25 + 110 * random.next();
  const returns = 16 * 60 + 50 + 170 * random.next();
  return {
    initial: (at) => {
      const minute = calendar.minute(at);
      return minute < leaves || minute > returns || random.next() < 0.15;
    },
    until: (at, occupied) => {
      const spread = 18 * random.normal();
      if (!calendar.weekend(at + 12 * HOUR_MS))
        return nextAt(at, (occupied ? leaves : returns) + spread, calendar);
      return occupied ? nextAt(at, leaves + 150 + spread, calendar) : at + (2 + 4 * random.next()) * HOUR_MS;
    },
  };
}

interface Visitors {
  readonly perDay: number;
  readonly hours: readonly number[];
  /** Median stay, and the spread of its logarithm. */
  readonly stay_h: number;
  readonly spread: number;
  /** Share of stays that last the night. */
  readonly overnight: number;
}

function visitorHabit(visitors: Visitors, calendar: Calendar, random: Random): Habit {
  const { perDay, hours, stay_h, spread, overnight } = visitors;
  return {
    initial: (at) => random.next() < (overnight * (calendar.minute(at) < 420 ? 2 : 1)) / 2 + 0.15,
    until: (at, occupied) => {
      if (!occupied) return nextArrival(at, perDay, hours, calendar, random);
      const evening = calendar.minute(at) > 16 * 60;
      if (evening && random.next() < overnight) return nextAt(at, 420 + 150 * random.next(), calendar);
      return at + stay_h * Math.exp(spread * random.normal()) * HOUR_MS;
    },
  };
}

const GUESTS: Visitors = { perDay: 5, hours: VISITS, stay_h: 1.6, spread: 0.7, overnight: 0.35 };
const BADGE_HOLDERS: Visitors = { perDay: 4, hours: VISITS, stay_h: 1.3, spread: 0.6, overnight: 0.3 };
const CHARGERS: Visitors = { perDay: 4, hours: CHARGES, stay_h: 2.6, spread: 0.5, overnight: 0.45 };

function habitOfClass(asset: Asset, calendar: Calendar, random: Random): Habit {
  switch (asset.attributes['bay_class']) {
    case 'fire_lane':
      return { initial: () => false, until: () => Number.POSITIVE_INFINITY };
    case 'reserved':
      return residentHabit(calendar, random);
    case 'accessible':
      return visitorHabit(BADGE_HOLDERS, calendar, random);
    case 'charging':
      return visitorHabit(CHARGERS, calendar, random);
    default:
      if (Number(asset.attributes['limit_minutes']) > 0) return visitorHabit(GUESTS, calendar, random);
      return random.next() < 0.6 ? residentHabit(calendar, random) : visitorHabit(GUESTS, calendar, random);
  }
}

/** The habit of the bay's class, kept within what its p99.9 dwell calls possible. */
export function habitOf(asset: Asset, calendar: Calendar, random: Random): Habit {
  const habit = habitOfClass(asset, calendar, random);
  const longest = LONGEST_SHARE * Number(asset.attributes['dwell_p999_h']) * HOUR_MS;
  // Whoever stays over the limit was injected too.
  const limit = Number(asset.attributes['limit_minutes']) * MINUTE_MS || Number.POSITIVE_INFINITY;
  return {
    initial: habit.initial,
    until: (at, occupied) => {
      const end = habit.until(at, occupied);
      return Number.isFinite(end)
        ? at + Math.round(clamp(end - at, SHORTEST_MS, occupied ? Math.min(longest, limit) : longest))
        : end;
    },
  };
}
