import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { expectedLevel } from '../model/lighting.ts';
import type { Asset, Site } from '../model/site.ts';
import { isDay, isNight } from '../model/sun.ts';
import type { Sample } from './device-model.ts';

/**
 * What a patient person with a ruler would find in the readings: one plain loop per fault, written from RULES.md and
 * not from the simulator. `margin` makes every threshold stricter by that share: 0.2 finds near misses.
 */
export function findFaults(
  site: Site,
  series: ReadonlyMap<string, readonly Sample[]>,
  margin: number,
  from: number,
  to: number,
): Set<string> {
  const found = new Set<string>();
  const silentGateways = new Set<string>();
  const gaps = (asset: Asset): boolean => {
    const limit = 2.5 * Number(asset.attributes['heartbeat_s']) * 1000 * (1 - margin);
    let last = from;
    for (const { ts } of series.get(asset.id) ?? []) {
      if (ts - last > limit) return true;
      last = ts;
    }
    return to - last > limit;
  };
  /** Whether the condition holds without a break for that long. */
  const lasts = (asset: Asset, ms: number, condition: (sample: Sample) => boolean): boolean => {
    let since: number | undefined;
    for (const sample of series.get(asset.id) ?? []) {
      if (!condition(sample)) since = undefined;
      else {
        since ??= sample.ts;
        if (sample.ts - since >= ms * (1 - margin)) return true;
      }
    }
    return false;
  };
  const number = (asset: Asset, name: string): number => Number(asset.attributes[name]);
  const check = (asset: Asset, rule: string, broken: boolean): void => {
    if (broken) found.add(`${rule}/${asset.id}`);
  };
  for (const asset of site.assets.filter(({ kind }) => kind === 'gateway')) {
    if (gaps(asset)) silentGateways.add(asset.id);
    check(asset, 'GatewayOffline', silentGateways.has(asset.id));
  }
  for (const asset of site.assets.filter(({ id, kind }) => kind !== 'gateway' && series.has(id))) {
    if (!silentGateways.has(asset.gateway)) check(asset, 'DeviceSilent', gaps(asset));
    if (asset.kind === 'luminaire') {
      const dark = 0.2 * number(asset, 'rated_w') * (1 + margin);
      check(
        asset,
        'LampOut',
        lasts(
          asset,
          20 * MINUTE_MS,
          ({ ts, power_w }) =>
            isNight(ts, site, 30) && Number(power_w) < (dark * expectedLevel(ts, site, site.lighting)) / 100,
        ),
      );
      check(
        asset,
        'DayBurner',
        lasts(
          asset,
          30 * MINUTE_MS,
          ({ ts, power_w }) => isDay(ts, site) && Number(power_w) > 5 * (1 - margin),
        ),
      );
    }
    if (asset.kind === 'pump') {
      check(
        asset,
        'PumpDryRun',
        lasts(
          asset,
          0,
          ({ running, power_w }) =>
            running === true && Number(power_w) < number(asset, 'dry_run_w') * (1 + margin),
        ),
      );
      check(
        asset,
        'PumpVibration',
        lasts(
          asset,
          10 * MINUTE_MS,
          ({ vibration_mm_s }) =>
            Number(vibration_mm_s) > number(asset, 'vibration_warn_mm_s') * (1 - margin),
        ),
      );
      check(
        asset,
        'PumpServiceDue',
        lasts(
          asset,
          0,
          ({ run_h }) =>
            Number(run_h) - number(asset, 'serviced_at_run_h') >=
            number(asset, 'service_every_h') * (1 - margin),
        ),
      );
    }
    if (asset.kind === 'bay') {
      const lane = asset.attributes['bay_class'] === 'fire_lane';
      check(
        asset,
        'BayStuck',
        lasts(asset, number(asset, 'dwell_p999_h') * HOUR_MS, ({ occupied }) => occupied === true),
      );
      check(
        asset,
        'FireLaneOccupied',
        lane && lasts(asset, 5 * MINUTE_MS, ({ occupied }) => occupied === true),
      );
      check(
        asset,
        'BatteryLow',
        lasts(asset, 0, ({ battery_pct }) => Number(battery_pct ?? 100) < 20 * (1 + margin)),
      );
    }
  }
  for (const circuit of site.assets.filter(({ kind }) => kind === 'circuit')) {
    const lamps = site.assets
      .filter((asset) => asset.circuit === circuit.id)
      .map(({ id }) => `LampOut/${id}`);
    const dark = lamps.filter((key) => found.has(key));
    if (dark.length < 3 || dark.length < lamps.length / 2) continue;
    for (const key of dark) found.delete(key);
    found.add(`CircuitOut/${circuit.id}`);
  }
  return found;
}
