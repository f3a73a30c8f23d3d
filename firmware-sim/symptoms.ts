import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/clock.ts';
import { expectedLevel } from '../model/lighting.ts';
import type { Asset, Site } from '../model/site.ts';
import { isDay, isNight } from '../model/sun.ts';
import { heartbeatMs, type Sample } from './device-model.ts';
import type { FaultKind } from './fault-kinds.ts';

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

/** Mean over the samples of the last `span_ms`, the newest included. */
function meanOver(span_ms: number): (ts: number, value: number) => number {
  const kept: { ts: number; value: number }[] = [];
  return (ts, value) => {
    kept.push({ ts, value });
    while (kept[0]!.ts <= ts - span_ms) kept.shift();
    return kept.reduce((sum, one) => sum + one.value, 0) / kept.length;
  };
}

/** A state that has stayed the same for longer than `limit_ms`. */
function stays(metric: string, value: boolean, limit_ms: number, hold_ms = 0): Symptom {
  let state: boolean | undefined;
  let changed = 0;
  return {
    hold_ms,
    since: (sample) => {
      const { ts } = sample;
      if (sample[metric] !== state) {
        state = sample[metric] === true;
        changed = ts;
      }
      return state === value && ts - changed > limit_ms ? changed + limit_ms : undefined;
    },
  };
}

const WAIT_MS = 10 * MINUTE_MS;
const GUARD_MIN = 30;
/** What comes within a quarter of an hour was only late. */
const LATE_MS = 15 * MINUTE_MS;

function darkness(site: Site, rated_w: number): Symptom {
  const mean = meanOver(10 * MINUTE_MS);
  return when(20 * MINUTE_MS + WAIT_MS, ({ ts, power_w }) => {
    const mean_w = mean(ts, Number(power_w));
    const level_pct = expectedLevel(ts, site, site.lighting);
    return isNight(ts, site, GUARD_MIN) && level_pct > 0 && mean_w < (0.2 * rated_w * level_pct) / 100;
  });
}

const SYMPTOMS: Record<FaultKind, (number: (name: string) => number, asset: Asset, site: Site) => Symptom> = {
  lamp_out: (number, _asset, site) => {
    const dark = darkness(site, number('rated_w'));
    // On a dead circuit nobody can tell a dark lamp from the others.
    return { ...dark, since: (sample) => (sample['voltage_v'] === 0 ? undefined : dark.since(sample)) };
  },
  circuit_out: (_number, { id }, site) => {
    const fed = site.assets.filter(({ circuit, kind }) => circuit === id && kind === 'luminaire');
    return darkness(
      site,
      fed.reduce((sum, { attributes }) => sum + Number(attributes['rated_w']), 0),
    );
  },
  day_burner: (_number, _asset, site) =>
    when(
      30 * MINUTE_MS,
      ({ ts, power_w }) =>
        isDay(ts, site, GUARD_MIN) && expectedLevel(ts, site, site.lighting) === 0 && Number(power_w) > 5,
    ),
  pump_dry_run: (number) =>
    when(5 * SECOND_MS, ({ running, power_w }) => running === true && Number(power_w) < number('dry_run_w')),
  pump_vibration: (number) =>
    when(
      10 * MINUTE_MS,
      ({ running, vibration_mm_s }) =>
        running === true && Number(vibration_mm_s) > number('vibration_warn_mm_s'),
    ),
  pump_service_due: (number) =>
    when(0, ({ run_h }) => Number(run_h) - number('serviced_at_run_h') >= number('service_every_h')),
  bay_stuck: (number) => stays('occupied', true, number('dwell_p999_h') * HOUR_MS, WAIT_MS),
  fire_lane_occupied: () => when(5 * MINUTE_MS, ({ occupied }) => occupied === true),
  device_silent: (_number, asset) => silence(asset, WAIT_MS),
  gateway_silent: (_number, asset) => silence(asset, 0),
  gateway_outage: (_number, asset) => silence(asset, LATE_MS),
  battery_low: () => when(HOUR_MS, ({ battery_pct }) => Number(battery_pct ?? 100) < 15),
};

const SILENT_HEARTBEATS = 2.5;

function silence(asset: Asset, hold_ms: number): Symptom {
  return { hold_ms, since: () => undefined, silent_ms: SILENT_HEARTBEATS * heartbeatMs(asset) };
}

export function symptomOf(fault: FaultKind, asset: Asset, site: Site): Symptom {
  return SYMPTOMS[fault]((name) => Number(asset.attributes[name]), asset, site);
}
