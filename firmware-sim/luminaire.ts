import { HOUR_MS } from '../model/clock.ts';
import { type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import { COUNTS_ONLY } from './fault-kinds.ts';
import type { Lamp } from './lamp.ts';

const VOLTAGE_V = 231;
/** Above this the lamp gives light. */
const BURNING_W = 2;
/** What the driver's input capacitor is worth of the power factor when it has dried out. */
const CAPACITOR = 0.32;
/** At full power the driver is so much warmer than the air; a covered or dying one as much again and more. */
const WARM_C = 24;
const HOT_C = 38;

/** Hours that the lamp will burn from `start` until `to`. */
function burningUntil(to: number, start: number, interval: number, lamp: Lamp): number {
  let hours = 0;
  for (let at = start; at < to; at += interval) if (lamp.power(at) > BURNING_W) hours += interval / HOUR_MS;
  return hours;
}

/** What the hour counter shows at the start: the lamp's age, or so much that its rated life ends when it should. */
function burntBefore({ asset, ailments }: ModelOptions, first: number, lamp: Lamp): number {
  const [due] = ailments.all('lumen_life');
  if (!due) return lamp.age_h;
  const life_h = Number(asset.attributes['lumen_life_h']);
  return life_h - burningUntil(due.from, first, heartbeatMs(asset), lamp) - 0.01;
}

/** Drivers correct the power factor well at full load, less when dimmed, hardly in standby. */
function powerFactor(lamp: Lamp, { ailments, random }: ModelOptions, ts: number, isLit: boolean): number {
  if (!isLit) return lamp.fed(ts) ? 0.35 : 0;
  const dried = CAPACITOR * ailments.severity('power_factor_low', ts);
  return 0.9 + 0.07 * (lamp.level(ts) / 100) - dried + 0.004 * random.normal();
}

/** The controller of one lamp: meters what the lamp draws and reports the level it was told. */
export function luminaireModel(options: ModelOptions, lamp: Lamp): DeviceModel {
  const { asset, ailments, calendar, random, start } = options;
  const rated_w = Number(asset.attributes['rated_w']);
  const interval = heartbeatMs(asset);
  const mains_v = VOLTAGE_V + 2 * random.normal();
  let at = start + random.int(interval);
  let burning_h = burntBefore(options, at, lamp);
  let energy_kwh = burning_h * 0.045;
  let starts = Math.round(burning_h / 10);
  let wasTold = lamp.level(at) > 0;
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
      if (lit && !wasTold) starts++;
      wasTold = level_pct > 0;
      starts += lamp.relit(ts - interval, ts);
      const voltage_v = lamp.fed(ts) ? mains_v + 0.8 * random.normal() : 0;
      const power_factor = powerFactor(lamp, options, ts, lit);
      const heat_c = WARM_C * (nominal_w / rated_w) + HOT_C * ailments.severity('driver_hot', ts);
      const thermal = lamp.thermal(ts);
      if (asset.attributes['model'] === COUNTS_ONLY) return { ts, energy_kwh: round(energy_kwh, 3) };
      return {
        ts,
        power_w: round(power_w, 1),
        voltage_v: round(voltage_v, 1),
        current_a: power_factor > 0 ? round(power_w / (voltage_v * power_factor), 3) : 0,
        power_factor: round(power_factor, 2),
        energy_kwh: round(energy_kwh, 3),
        level_pct,
        burning_h: round(burning_h, 2),
        starts,
        temperature_c: round(calendar.air_c(ts) + heat_c + 0.3 * random.normal(), 1),
        thermal_derating: thermal === 'derating',
        thermal_shutdown: thermal === 'shutdown',
      };
    },
  };
}
