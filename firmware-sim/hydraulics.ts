import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import type { Calendar } from './calendar.ts';
import { clamp } from './device-model.ts';
import { flowAgainst, headAt, powerAt, roughness, speedFor } from './pump-curve.ts';

/** What the water does at one moment, and what it asks of the motor. */
export interface Water {
  /** The controller asks the motor to turn; it turns. */
  readonly commanded: boolean;
  readonly running: boolean;
  /** Share of rated speed while running. */
  readonly speed: number;
  /** Share of rated power that the shaft takes while running. */
  readonly load: number;
  /** Vibration as a share of that at the best point. */
  readonly roughness: number;
  readonly flow_m3_h: number;
  readonly suction_kpa: number;
  readonly pressure_kpa: number;
  readonly level_cm: number;
}

/** The floats sit too close, and the non-return valve leaks: so soon the water between them is back. */
export interface Cycling {
  readonly floats_cm: number;
  readonly back_s: number;
}

/** What is wrong with the plant or the motor. */
export interface PlantFault {
  /** Nothing comes through the suction side, whatever the motor does. */
  readonly dry: boolean;
  /** The strainer lets too little through: the suction falls and the water boils at the wheel. */
  readonly clogged: boolean;
  /** The motor does not turn, whatever it is told. */
  readonly blocked: boolean;
  /** The contactor has welded: what runs goes on running. */
  readonly welded: boolean;
  readonly cycling: Cycling | undefined;
  /** How far the wear rings are gone, 0 to 1. */
  readonly wear: number;
}

/** The plant around a pump. */
export interface Hydraulics {
  step(at: number, seconds: number, fault: PlantFault): Water;
}

/** Running dry the impeller turns in air: about a fifth of rated power, half of what the dry-run limit allows. */
const DRY_LOAD = 0.2;
/** What a clogged strainer leaves of the flow, and what collapsing bubbles add to the vibration. */
const CLOGGED_FLOW = 0.72;
const CAVITATION_ROUGHNESS = 1.9;
const CLOGGED_KPA = -38;
/** What worn rings let flow back at their worst, and what a worn wheel loses of its head. */
const WEAR_BACKFLOW = 0.32;
const WEAR_HEAD = 0.12;

const START_CM = 110;
const STOP_CM = 40;
const OVERFLOW_CM = 240;
/** The floor of the sump, where the pump draws air with the water. */
const FLOOR_CM = 6;

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

/** What of the flow through the wheel gets past the rings and the strainer. */
function delivered({ clogged, wear }: PlantFault): number {
  return (clogged ? CLOGGED_FLOW : 1) * (1 - WEAR_BACKFLOW * wear);
}

function turns(commanded: boolean, wasRunning: boolean, { blocked, welded, dry }: PlantFault): boolean {
  if (blocked) return false;
  // A float that hangs calls for water that does not come.
  return commanded || dry || (welded && wasRunning);
}

/** The height that the water must be lifted, and friction in the pipe at full flow, as shares of the rated head. */
const LIFT = 0.62;
const PIPE = 0.38;
const DRAINAGE_KPA = 118;

/** A sump that fills with what flows in and is pumped out between two levels. */
export function drainage(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const capacity_m3_h = Number(asset.attributes['rated_w']) / 260;
  const inflow_m3_h = capacity_m3_h * (0.075 + 0.04 * random.next());
  const area_m2 = capacity_m3_h / 7.5;
  let level_cm = STOP_CM + (START_CM - STOP_CM) * random.next();
  let commanded = false;
  let running = false;
  let wet = 1;
  return {
    step: (at, seconds, fault) => {
      const { dry, clogged, cycling } = fault;
      // Rain and showers come in spells of about half an hour.
      const decay = Math.exp(-seconds / 1800);
      wet = clamp(1 + (wet - 1) * decay + 0.25 * Math.sqrt(1 - decay * decay) * random.normal(), 0.4, 1.8);
      const stop_cm = cycling ? START_CM - cycling.floats_cm : STOP_CM;
      if (level_cm >= START_CM) commanded = true;
      else if (level_cm <= stop_cm) commanded = false;
      running = turns(commanded, running, fault);
      const moves = running && !dry;
      const rest = LIFT + (START_CM - level_cm) / 2_000;
      const flow = flowAgainst(rest, PIPE, 1);
      const inflow = inflow_m3_h * ofHour(INFLOW, calendar.minute(at)) * wet;
      const snores = moves && level_cm <= FLOOR_CM;
      const flow_m3_h = !moves ? 0 : snores ? inflow : capacity_m3_h * flow * delivered(fault);
      const back_m3_h = cycling && !running ? (area_m2 * cycling.floats_cm * 36) / cycling.back_s : 0;
      const net_m3_h = inflow + back_m3_h - flow_m3_h;
      level_cm = clamp(level_cm + ((net_m3_h * seconds) / 3600 / area_m2) * 100, FLOOR_CM - 1, OVERFLOW_CM);
      return {
        commanded: commanded || dry,
        running,
        speed: 1,
        load: dry || snores ? DRY_LOAD : powerAt(flow, 1) * (clogged ? 0.93 : 1),
        roughness: roughness(flow, 1) * (dry ? 1.4 : clogged ? CAVITATION_ROUGHNESS : 1),
        flow_m3_h,
        suction_kpa: dry ? -18 : moves && clogged ? CLOGGED_KPA : level_cm * 0.0981 - (running ? 3 : 0),
        pressure_kpa: running
          ? dry
            ? 12
            : DRAINAGE_KPA * headAt(flow, 1) * (1 - WEAR_HEAD * fault.wear)
          : 34,
        level_cm,
      };
    },
  };
}

const MAINS_KPA = 182;
const HELD_KPA = 420;

/** A speed-controlled set that keeps the mains pressure: it never stops, demand sets how hard it works. */
export function booster(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const most_m3_h = Number(asset.attributes['rated_w']) / 320;
  let wobble = 0;
  return {
    step: (at, seconds, fault) => {
      const { dry, clogged, blocked } = fault;
      const decay = Math.exp(-seconds / 240);
      wobble = wobble * decay + 0.06 * Math.sqrt(1 - decay * decay) * random.normal();
      const demand = clamp(ofHour(DEMAND, calendar.minute(at)) + wobble, 0.03, 1);
      const speed = speedFor(demand, 1);
      const held_kpa = HELD_KPA - 6 * demand;
      return {
        commanded: true,
        running: !blocked,
        speed,
        load: dry ? DRY_LOAD : powerAt(demand, speed) * (clogged ? 0.93 : 1),
        roughness: roughness(demand, speed) * (dry ? 1.4 : clogged ? CAVITATION_ROUGHNESS : 1),
        flow_m3_h: dry || blocked ? 0 : most_m3_h * demand * delivered(fault),
        suction_kpa: dry ? -24 : clogged && !blocked ? CLOGGED_KPA : MAINS_KPA - 22 * demand,
        pressure_kpa: blocked ? MAINS_KPA : dry ? 60 : clogged ? held_kpa - 110 : held_kpa,
        level_cm: dry ? 8 : 190 - 40 * demand,
      };
    },
  };
}

const TEST_AT_MIN = 10 * 60;
const SHORT_TEST_MIN = 10;
const LONG_TEST_MIN = 30;
const TEST_FLOW = 0.6;

/** A sprinkler pump rests on a full tank and is test-run every day, longer at weekends. */
export function firePump(asset: Asset, calendar: Calendar, random: Random): Hydraulics {
  const most_m3_h = Number(asset.attributes['rated_w']) / 210;
  const begins = TEST_AT_MIN + random.int(45);
  let running = false;
  return {
    step: (at, _seconds, fault) => {
      const { dry, clogged } = fault;
      const sinceTest = calendar.minute(at) - begins;
      const lasts = calendar.weekend(at) ? LONG_TEST_MIN : SHORT_TEST_MIN;
      const commanded = sinceTest >= 0 && sinceTest < lasts;
      running = turns(commanded, running, fault);
      return {
        commanded: commanded || dry,
        running,
        speed: 1,
        load: dry ? DRY_LOAD : powerAt(TEST_FLOW, 1),
        roughness: roughness(TEST_FLOW, 1) * (dry ? 1.4 : clogged ? CAVITATION_ROUGHNESS : 1),
        flow_m3_h: running && !dry ? TEST_FLOW * most_m3_h * delivered(fault) : 0,
        suction_kpa: dry ? -30 : running ? (clogged ? CLOGGED_KPA : 21) : 27,
        pressure_kpa: running ? (dry ? 40 : 780) : 610,
        level_cm: dry ? 10 : 282,
      };
    },
  };
}
