import { HOUR_MS } from '../model/clock.ts';
import { clamp, type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import { booster, drainage, firePump, type Hydraulics } from './hydraulics.ts';

/** Longest step of the physics. */
const STEP_S = 20;
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

/** Vibration of a bearing housing by the state of the motor; well inside zone A/B when nothing is wrong. */
function vibrationOf({
  asset,
  random,
  ailments,
}: ModelOptions): (at: number, running: boolean, dry: boolean) => number {
  const warn_mm_s = Number(asset.attributes['vibration_warn_mm_s']);
  const healthy_mm_s = warn_mm_s * (0.3 + 0.18 * random.next());
  return (at, running, dry) => {
    if (!running) return Math.abs(0.03 * random.normal()) + 0.04;
    const ailing = ailments.at('pump_vibration', at);
    const target = ailing ? (ailing.vibration_mm_s ?? 1.35 * warn_mm_s) : healthy_mm_s * (dry ? 1.4 : 1);
    return Math.max(0.1, target * (1 + 0.04 * random.normal()));
  };
}

/** `runBefore_h`: what the hour counter showed when the simulation began. */
export function pumpModel(options: ModelOptions, runBefore_h: number): PumpModel {
  const { asset, ailments, random, start } = options;
  const interval = heartbeatMs(asset);
  const rated_w = Number(asset.attributes['rated_w']);
  const hydraulics = hydraulicsOf(options);
  const vibration = vibrationOf(options);
  const steps = Math.ceil(interval / 1000 / STEP_S);
  const seconds = interval / 1000 / steps;
  let at = start + random.int(interval);
  let hours = 0;
  let starts = 0;
  const before = { starts: Math.round(runBefore_h * 4), energy_kwh: (runBefore_h * rated_w * 0.7) / 1000 };
  let energy_kwh = 0;
  let bearing_c = AMBIENT_C + 12;
  let wasRunning = false;
  return {
    next: () => at,
    hours: () => hours,
    step: () => {
      const ts = at;
      at += interval;
      const dry = ailments.at('pump_dry_run', ts) !== undefined;
      let water = hydraulics.step(ts, seconds, dry);
      for (let i = 1; i < steps; i++) water = hydraulics.step(ts, seconds, dry);
      const { running, load } = water;
      if (running && !wasRunning) starts++;
      wasRunning = running;
      if (running) hours += interval / HOUR_MS;
      const power_w = running ? rated_w * load * (1 + 0.012 * random.normal()) : 6 + 0.2 * random.normal();
      energy_kwh += ((power_w / 1000) * interval) / HOUR_MS;
      const worn = ailments.at('pump_vibration', ts) !== undefined;
      const target_c = AMBIENT_C + (running ? 24 + 12 * load + (worn ? 14 : 0) + (dry ? 16 : 0) : 0);
      bearing_c += (target_c - bearing_c) * clamp(interval / 1000 / BEARING_LAG_S, 0, 1);
      const voltage_v = 401 + 1.5 * random.normal();
      // Asynchronous motors: the power factor falls with the load, so that current hardly does.
      const power_factor = running ? 0.5 + 0.42 * load : 0.6;
      return {
        ts,
        running,
        commanded: running,
        power_w: round(power_w, 0),
        voltage_v: round(voltage_v, 1),
        current_a: round(power_w / (Math.sqrt(3) * voltage_v * power_factor), 2),
        power_factor: round(power_factor, 2),
        energy_kwh: round(before.energy_kwh + energy_kwh, 2),
        flow_m3_h: round(water.flow_m3_h * (1 + 0.015 * random.normal()), 2),
        suction_kpa: round(water.suction_kpa + 0.4 * random.normal(), 1),
        pressure_kpa: round(water.pressure_kpa + 1.2 * random.normal(), 1),
        level_cm: round(water.level_cm + 0.2 * random.normal(), 1),
        vibration_mm_s: round(vibration(ts, running, dry), 2),
        bearing_c: round(bearing_c + 0.1 * random.normal(), 1),
        run_h: round(runBefore_h + hours, 3),
        starts: before.starts + starts,
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
  return serviced_h + every_h - twin.hours();
}
