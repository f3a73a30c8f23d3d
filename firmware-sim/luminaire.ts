import { HOUR_MS } from '../model/clock.ts';
import { type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import type { Lamp } from './lamp.ts';

const VOLTAGE_V = 231;
/** Above this the lamp gives light. */
const BURNING_W = 2;

/** The controller of one lamp: meters what the lamp draws and reports the level it was told. */
export function luminaireModel({ asset, random, start }: ModelOptions, lamp: Lamp): DeviceModel {
  const interval = heartbeatMs(asset);
  const mains_v = VOLTAGE_V + 2 * random.normal();
  let at = start + random.int(interval);
  let burning_h = 6_000 + random.next() * 9_000;
  let energy_kwh = burning_h * 0.045;
  return {
    next: () => at,
    step: () => {
      const ts = at;
      at += interval;
      const nominal_w = lamp.power(ts);
      const lit = nominal_w > BURNING_W;
      const power_w = nominal_w * (1 + 0.006 * random.normal());
      const hours = interval / HOUR_MS;
      energy_kwh += (power_w * hours) / 1000;
      if (lit) burning_h += hours;
      const level_pct = lamp.level(ts);
      const voltage_v = lamp.fed(ts) ? mains_v + 0.8 * random.normal() : 0;
      // Drivers correct the power factor well at full load, less when dimmed, hardly in standby.
      const power_factor = lit
        ? 0.9 + 0.07 * (level_pct / 100) + 0.004 * random.normal()
        : lamp.fed(ts)
          ? 0.35
          : 0;
      return {
        ts,
        power_w: round(power_w, 1),
        voltage_v: round(voltage_v, 1),
        current_a: power_factor > 0 ? round(power_w / (voltage_v * power_factor), 3) : 0,
        power_factor: round(power_factor, 2),
        energy_kwh: round(energy_kwh, 3),
        level_pct,
        burning_h: round(burning_h, 2),
      };
    },
  };
}
