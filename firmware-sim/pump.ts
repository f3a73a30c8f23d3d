import { SECOND_MS } from '../model/clock.ts';
import { clamp, type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import {
  booster,
  type Cycling,
  drainage,
  firePump,
  type Hydraulics,
  type PlantFault,
  type Water,
} from './hydraulics.ts';

/** Longest step of the physics. */
const LONGEST_STEP_S = 20;
/** While the pump goes on and off all the time. */
const CYCLING_STEP_S = 4;
/** It starts too often for an hour, or only for a day. */
const SHORT_CYCLING: Cycling = { floats_cm: 3, back_s: 80 };
const DAILY_CYCLING: Cycling = { floats_cm: 17, back_s: 1_260 };
const AMBIENT_C = 17;
/** A bearing housing takes about this long to follow its load. */
const BEARING_LAG_S = 1_500;

/** What the counters of a motor show. */
interface Counters {
  readonly run_h: number;
  readonly starts: number;
}

export interface PumpModel extends DeviceModel {
  /** Since the simulation began. */
  counted(): Counters;
}

function hydraulicsOf({ asset, calendar, random }: ModelOptions): Hydraulics {
  const water = random.fork('water');
  switch (asset.attributes['duty']) {
    case 'booster':
      return booster(asset, calendar, water);
    case 'fire':
      return firePump(asset, calendar, water);
    default:
      return drainage(asset, calendar, water);
  }
}

/** What a small pump that has no zones shakes more than it did, at the worst. */
const RISE = 2.8;

/** Vibration of a bearing housing by where the pump works; well inside zone A/B when nothing is wrong. */
function vibrationOf({ asset, random, ailments }: ModelOptions): (at: number, water: Water) => number {
  const warn_mm_s = Number(asset.attributes['vibration_warn_mm_s']);
  const healthy_mm_s = warn_mm_s * (0.3 + 0.18 * random.next());
  return (at, { running, roughness }) => {
    if (!running) return Math.abs(0.03 * random.normal()) + 0.04;
    const ailing = ailments.at('pump_vibration', at);
    const own_mm_s = healthy_mm_s * roughness * (1 + (RISE - 1) * ailments.severity('vibration_rise', at));
    const target = ailing?.vibration_mm_s ?? 1.35 * warn_mm_s;
    const severity = ailments.severity('pump_vibration', at);
    return Math.max(0.1, (own_mm_s + severity * (target - own_mm_s)) * (1 + 0.04 * random.normal()));
  };
}

/** A dry bearing is so much warmer than a greased one. */
const DRY_BEARING_C = 56;

interface Motor {
  /** Since the simulation began. */
  counted(): Counters;
  /** Lets it turn, or rest, for so long. */
  turn(water: Water, seconds: number): void;
  /** What its meters show at the end of it. */
  read(at: number, water: Water, dry: boolean): Readonly<Record<string, number>>;
}

/** `first`: what the counters showed when the simulation began. */
function motorOf(options: ModelOptions, first: Counters): Motor {
  const { asset, random, ailments } = options;
  const rated_w = Number(asset.attributes['rated_w']);
  const vibration = vibrationOf(options);
  let hours = 0;
  let starts = 0;
  let energy_kwh = (first.run_h * rated_w * 0.7) / 1000;
  let bearing_c = AMBIENT_C + 12;
  let wasRunning = false;
  let last: number | undefined;
  return {
    counted: () => ({ run_h: hours, starts }),
    turn: ({ running }, seconds) => {
      if (running && !wasRunning) starts++;
      if (running) hours += seconds / 3600;
      wasRunning = running;
    },
    read: (at, water, dry) => {
      const { running, load, speed } = water;
      const seconds = last === undefined ? 0 : (at - last) / 1000;
      last = at;
      const power_w = running ? rated_w * load * (1 + 0.012 * random.normal()) : 6 + 0.2 * random.normal();
      energy_kwh += (power_w / 1000) * (seconds / 3600);
      const ill_c =
        14 * ailments.severity('pump_vibration', at) +
        DRY_BEARING_C * ailments.severity('bearing_hot', at) +
        (dry ? 16 : 0);
      const warmth_c = running ? 24 + 12 * load + ill_c : 0;
      bearing_c += (AMBIENT_C + warmth_c - bearing_c) * clamp(seconds / BEARING_LAG_S, 0, 1);
      const voltage_v = 401 + 1.5 * random.normal();
      // Asynchronous motors: the power factor falls with the load, so that the current falls much less than the power.
      const power_factor = running ? Math.min(0.98, 0.2 + 0.8 * load) : 0.6;
      return {
        power_w: round(power_w, 0),
        voltage_v: round(voltage_v, 1),
        current_a: round(power_w / (Math.sqrt(3) * voltage_v * power_factor), 2),
        power_factor: round(power_factor, 2),
        energy_kwh: round(energy_kwh, 2),
        vibration_mm_s: round(vibration(at, water), 2),
        bearing_c: round(bearing_c + 0.1 * random.normal(), 1),
        speed_pct: running ? round(100 * speed, 1) : 0,
        run_h: round(first.run_h + hours, 3),
        starts: first.starts + starts,
      };
    },
  };
}

function plantFault({ ailments }: ModelOptions, at: number): PlantFault {
  return {
    dry: ailments.at('pump_dry_run', at) !== undefined,
    clogged: ailments.at('cavitation', at) !== undefined,
    blocked: ailments.at('fails_to_start', at) !== undefined,
    welded: ailments.at('runs_on', at) !== undefined,
    cycling: ailments.at('short_cycling', at)
      ? SHORT_CYCLING
      : ailments.at('starts_often', at) && DAILY_CYCLING,
    wear: ailments.severity('efficiency_loss', at),
  };
}

/** `first`: what the counters showed when the simulation began. */
export function pumpModel(options: ModelOptions, first: Counters): PumpModel {
  const { asset, ailments, random, start } = options;
  const interval = heartbeatMs(asset);
  const hydraulics = hydraulicsOf(options);
  const motor = motorOf(options, first);
  let at = start + random.int(interval);
  /** Lets the time until the next report pass; what the sensors see is the end of it. */
  const pass = (ts: number, fault: PlantFault): Water => {
    const longest_s = fault.cycling ? CYCLING_STEP_S : LONGEST_STEP_S;
    const steps = Math.ceil(interval / SECOND_MS / longest_s);
    const seconds = interval / SECOND_MS / steps;
    let water = hydraulics.step(ts, seconds, fault);
    motor.turn(water, seconds);
    for (let i = 1; i < steps; i++) {
      water = hydraulics.step(ts, seconds, fault);
      motor.turn(water, seconds);
    }
    return water;
  };
  return {
    next: () => at,
    counted: motor.counted,
    step: () => {
      const ts = at;
      at += interval;
      const fault = plantFault(options, ts);
      const water = pass(ts, fault);
      return {
        ts,
        running: water.running,
        commanded: water.commanded,
        flow_m3_h: round(water.flow_m3_h * (1 + 0.015 * random.normal()), 2),
        suction_kpa: round(water.suction_kpa + 0.4 * random.normal(), 1),
        pressure_kpa: round(water.pressure_kpa + 1.2 * random.normal(), 1),
        level_cm: round(water.level_cm + 0.2 * random.normal(), 1),
        ...motor.read(ts, water, fault.dry),
        seal_leak: ailments.at('seal_leak', ts) !== undefined,
      };
    },
  };
}

/** What the motor counts from the start until then, found by running a twin. */
function countedUntil(at: number, options: ModelOptions): Counters {
  const twin = pumpModel({ ...options, random: options.random.fork('motor') }, { run_h: 0, starts: 0 });
  while (twin.next() < at) twin.step();
  return twin.counted();
}

/** Starts in an hour of running, where nobody counts them for the service. */
const STARTS_PER_H = 4;

/**
 * What the counters must show at the start: those of the last service plus some use, or so much that the next service
 * falls due at the moment that the scenario asks for.
 */
export function countersBefore(options: ModelOptions): Counters {
  const { asset, ailments, random } = options;
  const number = (name: string): number => Number(asset.attributes[name]);
  const share = 0.1 + 0.45 * random.fork('use').next();
  const [hoursDue] = ailments.all('pump_service_due');
  const [startsDue] = ailments.all('starts_service_due');
  // Not yet at the last sample before: the counter shows thousandths of an hour.
  const run_h =
    number('serviced_at_run_h') +
    (hoursDue
      ? number('service_every_h') - countedUntil(hoursDue.from, options).run_h - 0.002
      : number('service_every_h') * share);
  const every_starts = number('service_every_starts');
  if (every_starts === 0) return { run_h, starts: Math.round(run_h * STARTS_PER_H) };
  const left = startsDue
    ? every_starts - countedUntil(startsDue.from, options).starts - 1
    : Math.round(every_starts * share);
  return { run_h, starts: number('serviced_at_starts') + left };
}
