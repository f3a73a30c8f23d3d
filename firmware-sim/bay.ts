import { DAY_MS, MINUTE_MS } from '../model/clock.ts';
import { habitOf } from './bay-habits.ts';
import { chargingPoint } from './charging-point.ts';
import {
  clamp,
  type DeviceModel,
  heartbeatMs,
  type ModelOptions,
  round,
  type Sample,
} from './device-model.ts';

/** While a car draws power its charging point reports every minute. */
const CHARGING_REPORT_MS = MINUTE_MS;
const NEW_BATTERY_PCT = 98;
const CHANGED_AT_PCT = 45;
const DYING_PCT = 9;

/** A lithium cell: a hair's breadth a day, changed for a new one long before it is low. */
function batteryOf({ ailments, random, start }: ModelOptions): (at: number) => number {
  const first = 62 + 34 * random.next();
  const perDay = 0.05 + 0.06 * random.next();
  const span = NEW_BATTERY_PCT - CHANGED_AT_PCT;
  return (at) => {
    const low = ailments.at('battery_low', at);
    if (low) return clamp((low.battery_pct ?? DYING_PCT) - ((at - low.from) / DAY_MS) * 0.5, 1, 100);
    return NEW_BATTERY_PCT - ((NEW_BATTERY_PCT - first + (perDay * (at - start)) / DAY_MS) % span);
  };
}

/** Steel and asphalt follow the sun with a few hours' delay. */
function temperature_c(minute: number): number {
  return 11 - 5 * Math.cos(((minute - 180) / 1440) * 2 * Math.PI);
}

/** A parking sensor, or a charging point: tells every change at once, and every heartbeat that nothing changed. */
export function bayModel(options: ModelOptions): DeviceModel {
  const { asset, calendar, ailments, random, start } = options;
  const interval = heartbeatMs(asset);
  const habit = habitOf(asset, calendar, random.fork('habit'));
  const point =
    asset.attributes['bay_class'] === 'charging' ? chargingPoint(start, random.fork('point')) : undefined;
  const battery = batteryOf(options);
  const rssi_dbm = -74 - random.int(28);
  let at = start;
  let report = start + random.int(interval);
  let parked = habit.initial(start);
  if (parked) point?.plugIn(start);
  // The first stay began some time before the simulation did.
  let change = start + Math.round((habit.until(start, parked) - start) * (0.25 + 0.75 * random.next()));
  let told: boolean | undefined;

  const say = (occupied: boolean): Sample => ({
    ts: at,
    occupied,
    ...(point
      ? { power_w: round(point.power(at), 0), energy_kwh: round(point.energy(at), 3) }
      : { battery_pct: round(battery(at), 1) }),
    rssi_dbm: round(rssi_dbm - (occupied ? 4 : 0) + 1.5 * random.normal(), 0),
    temperature_c: round(temperature_c(calendar.minute(at)) + 0.2 * random.normal(), 1),
  });
  const next = (): number => Math.min(report, change, ailments.nextEdge(at));
  return {
    next,
    step: () => {
      at = next();
      if (at === change) {
        parked = !parked;
        if (parked) point?.plugIn(at);
        else point?.plugOut(at);
        change = habit.until(at, parked);
      }
      const occupied =
        parked ||
        ailments.at('bay_stuck', at) !== undefined ||
        ailments.at('fire_lane_occupied', at) !== undefined;
      const due = at === report;
      if (!due && occupied === told) return undefined;
      if (due || point) report = at + (point && point.power(at) > 0 ? CHARGING_REPORT_MS : interval);
      told = occupied;
      return say(occupied);
    },
  };
}
