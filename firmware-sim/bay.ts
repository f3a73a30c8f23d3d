import { DAY_MS, MINUTE_MS } from '../model/clock.ts';
import { staysOf } from './census.ts';
import { chargingPoint } from './charging-point.ts';
import { clamp, type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';

/** While a car draws power its charging point reports every minute. */
const CHARGING_REPORT_MS = MINUTE_MS;
const NEW_BATTERY_PCT = 98;
const CHANGED_AT_PCT = 45;
const DYING_PCT = 9;
/** A cell that leaks loses so much a day. */
const LEAKS_PCT_A_DAY = 2.2;

/** A lithium cell: a hair's breadth a day, changed for a new one long before it is low. */
function batteryOf({ ailments, random, start }: ModelOptions): (at: number) => number {
  const first = 62 + 34 * random.next();
  const perDay = 0.05 + 0.06 * random.next();
  const span = NEW_BATTERY_PCT - CHANGED_AT_PCT;
  const healthy = (at: number): number =>
    NEW_BATTERY_PCT - ((NEW_BATTERY_PCT - first + (perDay * (at - start)) / DAY_MS) % span);
  return (at) => {
    const low = ailments.at('battery_low', at);
    if (low) return clamp((low.battery_pct ?? DYING_PCT) - ((at - low.from) / DAY_MS) * 0.5, 1, 100);
    const leak = ailments.at('battery_draining', at);
    if (!leak) return healthy(at);
    return clamp(healthy(leak.from) - ((at - leak.from) / DAY_MS) * LEAKS_PCT_A_DAY, 1, 100);
  };
}

/** The field of a car's steel above the sensor, and how far a magnetised sensor drifts at the most. */
const CAR_UT = 42;
const DRIFT_UT = 14;

/** Field at the sensor less that of the calibrated empty bay: the car, the sensor's own drift, a little temperature. */
function fieldOf({ ailments, calendar, random }: ModelOptions): (at: number, occupied: boolean) => number {
  const car_ut = CAR_UT * (0.7 + 0.6 * random.next());
  return (at, occupied) =>
    (occupied ? car_ut : 0) +
    DRIFT_UT * ailments.severity('sensor_drift', at) +
    0.05 * (calendar.air_c(at) - 11) +
    0.9 * random.normal();
}

/** What the sensor's battery, radio and thermometer show besides. */
function bodyOf(
  options: ModelOptions,
  hasBattery: boolean,
): (at: number, occupied: boolean) => Record<string, number> {
  const { calendar, random } = options;
  const battery = batteryOf(options);
  const rssi_dbm = -74 - random.int(28);
  const field = fieldOf({ ...options, random: random.fork('field') });
  return (at, occupied) => ({
    ...(hasBattery ? { battery_pct: round(battery(at), 1) } : {}),
    // A car above the sensor takes some of the signal.
    rssi_dbm: round(rssi_dbm - (occupied ? 4 : 0) + 1.5 * random.normal(), 0),
    temperature_c: round(calendar.air_c(at) + 0.2 * random.normal(), 1),
    ...(hasBattery ? { magnetic_ut: round(field(at, occupied), 1) } : {}),
  });
}

/** A parking sensor, or a charging point: tells every change at once, and every heartbeat that nothing changed. */
export function bayModel(options: ModelOptions): DeviceModel {
  const { asset, calendar, ailments, random, start } = options;
  const interval = heartbeatMs(asset);
  const isCharging = asset.attributes['bay_class'] === 'charging';
  const point = isCharging ? chargingPoint(start, random.fork('point')) : undefined;
  const body = bodyOf(options, !isCharging);
  const stays = staysOf(asset, calendar, random, start);
  let at = start;
  let report = stays.firstReport;
  if (stays.parked) point?.plugIn(start);
  let told: boolean | undefined;
  let isNews = false;
  const move = (): void => {
    stays.move();
    if (stays.parked) point?.plugIn(at);
    else point?.plugOut(at);
  };
  const next = (): number => Math.min(report, stays.change, ailments.nextEdge(at));
  return {
    next,
    isNews: () => isNews,
    step: () => {
      at = next();
      const due = at === report;
      if (at === stays.change) move();
      const forced =
        ailments.at('bay_stuck', at) ?? ailments.at('fire_lane_occupied', at) ?? ailments.at('overstay', at);
      const occupied = stays.parked || forced !== undefined;
      if (!due && occupied === told) return undefined;
      isNews = occupied !== told;
      told = occupied;
      const power_w = point?.power(at) ?? 0;
      if (due || point) report = at + (power_w > 0 ? CHARGING_REPORT_MS : interval);
      const meter = point ? { power_w: round(power_w, 0), energy_kwh: round(point.energy(at), 3) } : {};
      return { ts: at, occupied, ...meter, ...body(at, occupied) };
    },
  };
}
