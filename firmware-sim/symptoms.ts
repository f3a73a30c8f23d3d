import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/clock.ts';
import { expectedLevel, lightingOf, scheduleOf } from '../model/lighting.ts';
import type { Asset, Site } from '../model/site.ts';
import { isDay, isNight, nightHours } from '../model/sun.ts';
import type { Census, CountedAt } from './census.ts';
import { heartbeatMs, type Sample } from './device-model.ts';
import type { FaultKind } from './fault-kinds.ts';
import { daysLeft, meanOver, ownMean, riseOver, smoothOver } from './running-sums.ts';

/**
 * What a fault looks like to somebody who has only the telemetry and docs/faults.md: written from the documented
 * conditions, not from the rules.
 */
export interface Symptom {
  /** How long the condition must last before it counts: the documented hold, and the wait for a group to speak. */
  readonly hold_ms: number;
  /** Since when the condition holds, asked with each sample in order of time; undefined when it does not. */
  since(sample: Sample): number | undefined;
  /** For silence: how long nothing may be heard. */
  readonly silent_ms?: number;
}

type Test = (sample: Sample) => boolean;

/** A condition on single samples. */
function when(hold_ms: number, test: Test): Symptom {
  return { hold_ms, since: (sample) => (test(sample) ? sample.ts : undefined) };
}

/** Heartbeats after which nobody can say that a state was the same throughout. */
const UNSEEN_HEARTBEATS = 3.5;

/** A state that was heard to stay the same for longer than `limit_ms`. */
function stays(asset: Asset, metric: string, value: boolean, limit_ms: number, hold_ms = 0): Symptom {
  let state: boolean | undefined;
  let changed = 0;
  let last = 0;
  return {
    hold_ms,
    since: (sample) => {
      const { ts } = sample;
      if (sample[metric] !== state || ts - last > UNSEEN_HEARTBEATS * heartbeatMs(asset)) {
        state = sample[metric] === true;
        changed = ts;
      }
      last = ts;
      return state === value && ts - changed > limit_ms ? changed + limit_ms : undefined;
    },
  };
}

const WAIT_MS = 10 * MINUTE_MS;
const GUARD_MIN = 30;
/** What is compared with its own past learns it so long. */
const LEARNT_MS = 3 * DAY_MS;
/** What comes within a quarter of an hour was only late. */
const LATE_MS = 15 * MINUTE_MS;

/** What the asset's schedule asks for, in percent. */
function levelOf(asset: Asset, site: Site): (ts: number) => number {
  const circuit = site.assets.find(({ id }) => id === asset.circuit);
  const lighting = lightingOf(site, scheduleOf(asset, circuit));
  return (ts) => expectedLevel(ts, site, lighting);
}

function darkness(asset: Asset, site: Site, rated_w: number): Symptom {
  const level = levelOf(asset, site);
  const mean = meanOver(10 * MINUTE_MS);
  return when(20 * MINUTE_MS + WAIT_MS, ({ ts, power_w }) => {
    const mean_w = mean(ts, Number(power_w));
    const level_pct = level(ts);
    return isNight(ts, site, GUARD_MIN) && level_pct > 0 && mean_w < (0.2 * rated_w * level_pct) / 100;
  });
}

/** What a gate and the bays of its zone may differ by: vehicles, and a share of the bays. */
const COUNT_TOLERANCE = 3;
const COUNT_TOLERANCE_SHARE = 0.04;

type MakeSymptom = (
  number: (name: string) => number,
  asset: Asset,
  site: Site,
  census: (zone: string, counted: CountedAt) => Census,
) => Symptom;

const SYMPTOMS: Record<FaultKind, MakeSymptom> = {
  lamp_out: (number, asset, site) => {
    const dark = darkness(asset, site, number('rated_w'));
    // On a dead circuit nobody can tell a dark lamp from the others.
    return { ...dark, since: (sample) => (sample['voltage_v'] === 0 ? undefined : dark.since(sample)) };
  },
  circuit_out: (_number, asset, site) => {
    const fed = site.assets.filter(({ circuit, kind }) => circuit === asset.id && kind === 'luminaire');
    return darkness(
      asset,
      site,
      fed.reduce((sum, { attributes }) => sum + Number(attributes['rated_w']), 0),
    );
  },
  day_burner: (_number, asset, site) => {
    const level = levelOf(asset, site);
    return when(
      30 * MINUTE_MS,
      ({ ts, power_w }) => isDay(ts, site, GUARD_MIN) && level(ts) === 0 && Number(power_w) > 5,
    );
  },
  day_burner_counted: (number, _asset, site) => {
    const rise = riseOver(DAY_MS);
    return when(30 * MINUTE_MS + WAIT_MS, ({ ts, energy_kwh }) => {
      const night_kwh = (number('rated_w') * nightHours(ts, site)) / 1000;
      return rise(ts, Number(energy_kwh)) > 1.1 * night_kwh + 0.1;
    });
  },
  pump_dry_run: (number) =>
    when(5 * SECOND_MS, ({ running, power_w }) => running === true && Number(power_w) < number('dry_run_w')),
  pump_vibration: (number) => {
    const mean = meanOver(MINUTE_MS);
    return when(10 * MINUTE_MS, ({ ts, running, vibration_mm_s }) => {
      const mean_mm_s = mean(ts, Number(vibration_mm_s));
      return running === true && mean_mm_s > number('vibration_warn_mm_s');
    });
  },
  vibration_rise: () => {
    const own = ownMean(LEARNT_MS);
    const mean = meanOver(10 * MINUTE_MS);
    return when(10 * MINUTE_MS, ({ ts, running, vibration_mm_s }) => {
      if (running !== true) return false;
      const first = own(ts, Number(vibration_mm_s));
      return mean(ts, Number(vibration_mm_s)) > 2 * first;
    });
  },
  pump_service_due: (number) =>
    when(0, ({ run_h }) => Number(run_h) - number('serviced_at_run_h') >= number('service_every_h')),
  starts_service_due: (number) =>
    when(0, ({ starts }) => Number(starts) - number('serviced_at_starts') >= number('service_every_starts')),
  calendar_service_due: (number, { attributes }) => {
    const due = Date.parse(String(attributes['serviced'])) + number('service_every_d') * DAY_MS;
    return when(0, ({ ts }) => ts > due);
  },
  lamp_cycling: (number, _asset, site) => {
    const rise = riseOver(HOUR_MS);
    return when(0, ({ ts, starts }) => {
      const lit = rise(ts, Number(starts));
      return isNight(ts, site, GUARD_MIN) && lit >= number('cycling_starts');
    });
  },
  wrong_level: (number) =>
    when(HOUR_MS, ({ level_pct, power_w }) => {
      const share = (Number(power_w) * 100) / (number('rated_w') * Number(level_pct));
      const off = number('wrong_level_pct') / 100;
      return Number(level_pct) > 0 && share > 0.2 && Math.abs(share - 1) > off;
    }),
  power_factor_low: (number) => {
    const own = ownMean(LEARNT_MS);
    return when(30 * MINUTE_MS, ({ ts, level_pct, power_factor, power_w }) => {
      if (Number(level_pct) < number('power_factor_from_pct') || Number(power_w) < 2) return false;
      const usual = own(ts, Number(power_factor));
      return Number(power_factor) < Math.max(number('power_factor_low'), usual - 0.15);
    });
  },
  driver_hot: () =>
    when(
      MINUTE_MS,
      ({ thermal_derating, thermal_shutdown }) => thermal_derating === true || thermal_shutdown === true,
    ),
  lumen_life: (number) => when(0, ({ burning_h }) => Number(burning_h) >= number('lumen_life_h')),
  bearing_hot: (number) =>
    when(2 * MINUTE_MS, ({ bearing_c }) => Number(bearing_c) > number('bearing_warn_c')),
  fails_to_start: () =>
    when(30 * SECOND_MS, ({ commanded, running }) => commanded === true && running === false),
  runs_on: () => when(30 * SECOND_MS, ({ commanded, running }) => commanded === false && running === true),
  short_cycling: (number) => {
    const rise = riseOver(HOUR_MS);
    return when(0, ({ ts, starts }) => rise(ts, Number(starts)) > number('starts_hourly_max'));
  },
  starts_often: (number) => {
    const rise = riseOver(DAY_MS);
    return when(0, ({ ts, starts }) => rise(ts, Number(starts)) > number('starts_daily_max'));
  },
  cavitation: () => {
    const flow = ownMean(LEARNT_MS);
    const vibration = ownMean(LEARNT_MS);
    return when(2 * MINUTE_MS, ({ ts, running, suction_kpa, flow_m3_h, vibration_mm_s }) => {
      if (running !== true) return false;
      const usual_m3_h = flow(ts, Number(flow_m3_h));
      const usual_mm_s = vibration(ts, Number(vibration_mm_s));
      return (
        Number(suction_kpa) < -20 &&
        Number(flow_m3_h) < 0.9 * usual_m3_h &&
        Number(vibration_mm_s) > 1.5 * usual_mm_s
      );
    });
  },
  efficiency_loss: () => {
    const own = ownMean(LEARNT_MS);
    const mean = smoothOver(HOUR_MS);
    let since: number | undefined;
    let usual = Number.POSITIVE_INFINITY;
    return when(DAY_MS, ({ ts, running, flow_m3_h, pressure_kpa, suction_kpa, power_w }) => {
      since = running === true ? (since ?? ts) : undefined;
      const counts = since !== undefined && ts - since > MINUTE_MS;
      const head_kpa = Number(pressure_kpa) - Number(suction_kpa);
      const useful = counts ? (Number(flow_m3_h) * head_kpa) / Number(power_w) : undefined;
      const smooth = mean(ts, useful);
      if (useful !== undefined) usual = own(ts, useful);
      return smooth < 0.85 * usual;
    });
  },
  seal_leak: () => when(MINUTE_MS, ({ seal_leak }) => seal_leak === true),
  overstay: (number, asset) =>
    stays(asset, 'occupied', true, (number('limit_minutes') + number('grace_minutes')) * MINUTE_MS),
  sensor_drift: () => {
    const own = ownMean(LEARNT_MS);
    const spread = ownMean(LEARNT_MS);
    const mean = smoothOver(6 * HOUR_MS);
    let usual_ut = 0;
    let variance = Number.POSITIVE_INFINITY;
    return when(DAY_MS, ({ ts, occupied, magnetic_ut }) => {
      const field_ut = occupied === false ? Number(magnetic_ut) : undefined;
      const smooth = mean(ts, field_ut);
      if (field_ut !== undefined) {
        usual_ut = own(ts, field_ut);
        variance = spread(ts, (field_ut - usual_ut) ** 2);
      }
      return Math.abs(smooth - usual_ut) > 3 * Math.sqrt(variance);
    });
  },
  clock_reset: (_number, asset) => silence(asset, WAIT_MS),
  battery_draining: () => {
    const left = daysLeft(14 * DAY_MS);
    return when(
      2 * DAY_MS,
      ({ ts, battery_pct }) => left(ts, Number(battery_pct)) < 30 && Number(battery_pct) <= 60,
    );
  },
  gate_miscounts: (number, { zone }, { assets }, census) => {
    const cars = census(zone, 'bays');
    const bays = assets.filter((asset) => asset.kind === 'bay' && asset.zone === zone).length;
    const tolerance = COUNT_TOLERANCE + COUNT_TOLERANCE_SHARE * bays;
    return when(HOUR_MS + WAIT_MS, ({ ts, entries, exits }) => {
      cars.advance(ts, () => {});
      const counted = Number(entries) - Number(exits) + number('inside_at_zero');
      return Math.abs(counted - cars.inside()) > tolerance;
    });
  },
  bay_stuck: (number, asset) => stays(asset, 'occupied', true, number('dwell_p999_h') * HOUR_MS, WAIT_MS),
  fire_lane_occupied: () => when(5 * MINUTE_MS, ({ occupied }) => occupied === true),
  device_silent: (_number, asset) => silence(asset, WAIT_MS),
  gateway_silent: (_number, asset) => silence(asset, 0),
  gateway_outage: (_number, asset) => silence(asset, LATE_MS),
  battery_low: () => when(HOUR_MS, ({ battery_pct }) => Number(battery_pct ?? 100) < 15),
};

/** Heartbeats that may be missed: radio loses some, a gateway speaks over a line. */
const SILENT_HEARTBEATS = 4.5;
const SILENT_HEARTBEATS_OF_GATEWAY = 2.5;

function silence(asset: Asset, hold_ms: number): Symptom {
  const heartbeats = asset.kind === 'gateway' ? SILENT_HEARTBEATS_OF_GATEWAY : SILENT_HEARTBEATS;
  return { hold_ms, since: () => undefined, silent_ms: heartbeats * heartbeatMs(asset) };
}

/** `census`: the cars of a zone as they are, for what only they can show. */
export function symptomOf(
  fault: FaultKind,
  asset: Asset,
  site: Site,
  census: (zone: string, counted: CountedAt) => Census,
): Symptom {
  return SYMPTOMS[fault]((name) => Number(asset.attributes[name]), asset, site, census);
}
