import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import { clamp } from './device-model.ts';

/** What the water does at one moment, and what it asks of the motor. */
export interface Water {
  readonly running: boolean;
  /** Share of rated power that the shaft takes while running. */
  readonly load: number;
  readonly flow_m3_h: number;
  readonly suction_kpa: number;
  readonly pressure_kpa: number;
  readonly level_cm: number;
}

/** The plant around a pump. `dry`: nothing comes through the suction side, whatever the motor does. */
export interface Hydraulics {
  step(at: number, seconds: number, dry: boolean): Water;
}

/** Running dry the impeller turns in air: about a fifth of rated power, half of what the dry-run limit allows. */
const DRY_LOAD = 0.2;

const START_CM = 110;
const STOP_CM = 40;
const OVERFLOW_CM = 240;

/** Inflow of a drainage sump over the day, as a share of its mean: kitchens and bathrooms in the morning and evening. */
const INFLOW = [4, 3, 3, 3, 4, 7, 13, 17, 15, 12, 10, 10, 11, 10, 9, 9, 10, 13, 15, 15, 13, 11, 8, 5].map(
  (v) => v / 9.6,
);
/** Demand on a booster set over the day, as a share of the most it gives. */
const DEMAND = [
  8, 6, 5, 5, 8, 22, 55, 80, 70, 48, 40, 42, 48, 44, 38, 38, 46, 64, 76, 72, 60, 46, 28, 14,
].map((v) => v / 100);

function ofHour(shares: readonly number[], minute: number): number {
  const hour = Math.floor(minute / 60) % 24;
  const part = (minute % 60) / 60;
  return (shares[hour] ?? 0) * (1 - part) + (shares[(hour + 1) % 24] ?? 0) * part;
}

/** A sump that fills with what flows in and is pumped out between two levels. */
export function drainage(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const capacity_m3_h = Number(asset.attributes['rated_w']) / 260;
  const inflow_m3_h = capacity_m3_h * (0.075 + 0.04 * random.next());
  const area_m2 = capacity_m3_h / 7.5;
  let level_cm = STOP_CM + (START_CM - STOP_CM) * random.next();
  let running = false;
  let wet = 1;
  return {
    step: (at, seconds, dry) => {
      // Rain and showers come in spells of about half an hour.
      const decay = Math.exp(-seconds / 1800);
      wet = clamp(1 + (wet - 1) * decay + 0.25 * Math.sqrt(1 - decay * decay) * random.normal(), 0.4, 1.8);
      if (dry || level_cm >= START_CM) running = true;
      else if (level_cm <= STOP_CM) running = false;
      const flow_m3_h = running && !dry ? capacity_m3_h * (0.94 + 0.0005 * level_cm) : 0;
      const inflow = inflow_m3_h * ofHour(INFLOW, calendar.minute(at)) * wet;
      level_cm = clamp(level_cm + (((inflow - flow_m3_h) * seconds) / 3600 / area_m2) * 100, 5, OVERFLOW_CM);
      return {
        running,
        load: dry ? DRY_LOAD : 0.78,
        flow_m3_h,
        suction_kpa: dry ? -18 : level_cm * 0.0981 - (running ? 3 : 0),
        pressure_kpa: running ? (dry ? 12 : 118) : 34,
        level_cm,
      };
    },
  };
}

/** A speed-controlled set that keeps the mains pressure: it never stops, demand sets how hard it works. */
export function booster(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const most_m3_h = Number(asset.attributes['rated_w']) / 320;
  let wobble = 0;
  return {
    step: (at, seconds, dry) => {
      const decay = Math.exp(-seconds / 240);
      wobble = wobble * decay + 0.06 * Math.sqrt(1 - decay * decay) * random.normal();
      const demand = clamp(ofHour(DEMAND, calendar.minute(at)) + wobble, 0.03, 1);
      return {
        running: true,
        // Held pressure costs power even when little flows.
        load: dry ? DRY_LOAD : 0.54 + 0.36 * demand,
        flow_m3_h: dry ? 0 : most_m3_h * demand,
        suction_kpa: dry ? -24 : 182 - 22 * demand,
        pressure_kpa: dry ? 60 : 420 - 6 * demand,
        level_cm: dry ? 8 : 190 - 40 * demand,
      };
    },
  };
}

const TEST_AT_MIN = 10 * 60;
const SHORT_TEST_MIN = 10;
const LONG_TEST_MIN = 30;

/** A sprinkler pump rests on a full tank and is test-run every day, longer at weekends. */
export function firePump(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const most_m3_h = Number(asset.attributes['rated_w']) / 210;
  const begins = TEST_AT_MIN + random.int(45);
  return {
    step: (at, _seconds, dry) => {
      const sinceTest = calendar.minute(at) - begins;
      const lasts = calendar.weekend(at) ? LONG_TEST_MIN : SHORT_TEST_MIN;
      const running = dry || (sinceTest >= 0 && sinceTest < lasts);
      return {
        running,
        load: dry ? DRY_LOAD : 0.82,
        flow_m3_h: running && !dry ? 0.6 * most_m3_h : 0,
        suction_kpa: dry ? -30 : running ? 21 : 27,
        pressure_kpa: running ? (dry ? 40 : 780) : 610,
        level_cm: dry ? 10 : 282,
      };
    },
  };
}
