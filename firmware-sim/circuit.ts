import { HOUR_MS } from '../model/clock.ts';
import { type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import type { Lamp } from './lamp.ts';

/** The meter in the lighting cabinet: what the lamps of its circuit draw together. */
export function circuitModel(
  { asset, ailments, random, start }: ModelOptions,
  lamps: readonly Lamp[],
): DeviceModel {
  const interval = heartbeatMs(asset);
  let at = start + random.int(interval);
  let energy_kwh = 4_000 + random.next() * 6_000;
  return {
    next: () => at,
    step: () => {
      const ts = at;
      at += interval;
      const energized = ailments.at('circuit_out', ts) === undefined;
      let drawn_w = 0;
      for (const lamp of lamps) drawn_w += lamp.power(ts);
      const power_w = drawn_w * (1 + 0.003 * random.normal());
      energy_kwh += ((power_w / 1000) * interval) / HOUR_MS;
      const voltage_v = energized ? 231.5 + 1.2 * random.normal() : 0;
      const power_factor = !energized ? 0 : power_w > 20 ? 0.95 : 0.4;
      return {
        ts,
        energized,
        power_w: round(power_w, 1),
        voltage_v: round(voltage_v, 1),
        current_a: energized ? round(power_w / (voltage_v * power_factor), 2) : 0,
        power_factor,
        energy_kwh: round(energy_kwh, 3),
      };
    },
  };
}
