import { SECOND_MS } from '../model/clock.ts';
import { clamp, type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import { booster, drainage, firePump, type Hydraulics, type PlantFault, type Water } from './hydraulics.ts';

/** Longest step of the physics. */
const LONGEST_STEP_S = 20;
/** While the pump goes on and off every minute. */
const CYCLING_STEP_S = 4;
const AMBIENT_C = 17;
/** A bearing housing takes about this long to follow its load. */
const BEARING_LAG_S = 1_500;

export interface PumpModel extends DeviceModel {
  /** Motor hours since the simulation began. */
  hours(): number;
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
  /** Hours run since the simulation began. */
  hours(): number;
  /** Lets it turn, or rest, for so long. */
  turn(water: Water, seconds: number): void;
  /** What its meters show at the end of it. */
  read(at: number, water: Water, dry: boolean): Readonly<Record<string, number>>;
}

/** `runBefore_h`: what the hour counter showed when the simulation began. */
function motorOf(options: ModelOptions, runBefore_h: number): Motor {
  const { asset, random, ailments } = options;
  const rated_w = Number(asset.attributes['rated_w']);
  const vibration = vibrationOf(options);
  let hours = 0;
  let starts = Math.round(runBefore_h * 4);
  let energy_kwh = (runBefore_h * rated_w * 0.7) / 1000;
  let bearing_c = AMBIENT_C + 12;
  let wasRunning = false;
  let last: number | undefined;
  return {
    hours: () => hours,
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
        run_h: round(runBefore_h + hours, 3),
        starts,
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
    leaksBack: ailments.at('short_cycling', at) !== undefined,
    wear: ailments.severity('efficiency_loss', at),
  };
}

/** `runBefore_h`: what the hour counter showed when the simulation began. */
export function pumpModel(options: ModelOptions, runBefore_h: number): PumpModel {
  const { asset, ailments, random, start } = options;
  const interval = heartbeatMs(asset);
  const hydraulics = hydraulicsOf(options);
  const motor = motorOf(options, runBefore_h);
  let at = start + random.int(interval);
  /** Lets the time until the next report pass; what the sensors see is the end of it. */
  const pass = (ts: number, fault: PlantFault): Water => {
    const longest_s = fault.leaksBack ? CYCLING_STEP_S : LONGEST_STEP_S;
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
    hours: motor.hours,
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

/**
 * What the hour counter must show at the start: the last service plus some use, or so much that the next service
 * falls due at the moment that the scenario asks for. How long the motor runs until then is found by running a twin.
 */
export function runHoursBefore(options: ModelOptions): number {
  const { asset, ailments, random } = options;
  const every_h = Number(asset.attributes['service_every_h']);
  const serviced_h = Number(asset.attributes['serviced_at_run_h']);
  const share = 0.1 + 0.45 * random.fork('use').next();
  const due = ailments.all('pump_service_due')[0];
  if (!due) return serviced_h + every_h * share;
  const twin = pumpModel({ ...options, random: random.fork('motor') }, 0);
  while (twin.next() < due.from) twin.step();
  // Not yet at the last sample before: the counter shows thousandths of an hour.
  return serviced_h + every_h - twin.hours() - 0.002;
}
