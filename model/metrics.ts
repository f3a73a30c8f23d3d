import type { Kind } from './kinds.ts';

/**
 * A named quantity of a kind of asset.
 *
 * `min` and `max` are the physical range: a value outside is a broken sensor or a wrong unit, never news about the
 * asset, and is rejected with `value_out_of_range`. They are wide on purpose; what is unhealthy is for rules to say.
 */
export interface Metric {
  readonly name: string;
  /** UCUM-like symbol for people (`W`, `mm/s`), empty for counts and states. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** `state` is 0 or 1 and may be sent as a JSON boolean; `counter` never falls except when the device is reset. */
  readonly type: 'gauge' | 'counter' | 'state';
  readonly meaning: string;
}

const gauge = (name: string, unit: string, min: number, max: number, meaning: string): Metric => ({
  name,
  unit,
  min,
  max,
  type: 'gauge',
  meaning,
});
const counter = (name: string, unit: string, max: number, meaning: string): Metric => ({
  name,
  unit,
  min: 0,
  max,
  type: 'counter',
  meaning,
});
const state = (name: string, meaning: string): Metric => ({
  name,
  unit: '',
  min: 0,
  max: 1,
  type: 'state',
  meaning,
});

/** What any device may tell about itself, whatever it watches. */
const DEVICE_METRICS: readonly Metric[] = [
  gauge('battery_pct', '%', 0, 100, 'charge left in the battery'),
  gauge('battery_v', 'V', 0, 60, 'battery voltage'),
  gauge('rssi_dbm', 'dBm', -160, 20, 'strength of the received radio signal'),
  gauge('temperature_c', '°C', -60, 150, 'temperature at the device'),
];

const ELECTRIC_METRICS: readonly Metric[] = [
  gauge('power_w', 'W', 0, 1_000_000, 'active power drawn'),
  gauge('voltage_v', 'V', 0, 1_000, 'supply voltage, RMS'),
  gauge('current_a', 'A', 0, 10_000, 'supply current, RMS'),
  gauge('power_factor', '', -1, 1, 'active over apparent power'),
  counter('energy_kwh', 'kWh', 1e9, 'active energy since the counter began'),
];

const OWN_METRICS: Record<Kind, readonly Metric[]> = {
  bay: [
    state('occupied', 'a vehicle stands in the bay'),
    gauge('power_w', 'W', 0, 400_000, 'power that the charging point delivers'),
    counter('energy_kwh', 'kWh', 1e9, 'energy that the charging point delivered'),
    gauge('magnetic_ut', 'µT', -2000, 2000, 'field at the sensor, less that of the calibrated empty bay'),
  ],
  luminaire: [
    ...ELECTRIC_METRICS,
    gauge('level_pct', '%', 0, 100, 'dimming level that the driver reports'),
    counter('burning_h', 'h', 1e6, 'hours that the lamp has burnt'),
    counter('starts', '', 1e9, 'times that the lamp was lit, as its driver counts them (DALI part 253)'),
    state('thermal_derating', 'the driver gives less light because it is hot (DALI part 253)'),
    state('thermal_shutdown', 'the driver is off because it is hot (DALI part 253)'),
  ],
  pump: [
    ...ELECTRIC_METRICS,
    state('running', 'the motor turns'),
    state('commanded', 'the controller asks the motor to turn'),
    gauge('flow_m3_h', 'm³/h', 0, 100_000, 'volume flow through the pump'),
    gauge('suction_kpa', 'kPa', -101.3, 20_000, 'gauge pressure at the suction side'),
    gauge('pressure_kpa', 'kPa', -101.3, 40_000, 'gauge pressure at the discharge side'),
    gauge('level_cm', 'cm', -100, 10_000, 'water level in the sump or tank'),
    gauge('vibration_mm_s', 'mm/s', 0, 1_000, 'vibration velocity of the bearing housing, RMS'),
    gauge('bearing_c', '°C', -60, 300, 'bearing temperature'),
    counter('run_h', 'h', 1e6, 'hours that the motor has run'),
    counter('starts', '', 1e9, 'starts of the motor'),
    gauge('speed_pct', '%', 0, 200, 'speed of the motor, of its rated speed'),
    state('seal_leak', 'water stands in the seal chamber'),
  ],
  circuit: [...ELECTRIC_METRICS, state('energized', 'the contactor is closed')],
  gateway: [
    counter('uptime_s', 's', 1e10, 'time since the gateway started'),
    gauge('devices', '', 0, 1e6, 'devices that the gateway hears'),
    gauge('queued', '', 0, 1e9, 'messages that wait to be sent'),
  ],
  meter: [
    ...ELECTRIC_METRICS,
    counter('volume_m3', 'm³', 1e9, 'water since the counter began'),
    counter('entries', '', 1e9, 'vehicles that drove in, as the gates count them'),
    counter('exits', '', 1e9, 'vehicles that drove out, as the gates count them'),
  ],
  sign: [gauge('shown', '', -1, 100_000, 'number that the sign shows; −1 when dark')],
};

function byName(metrics: readonly Metric[]): ReadonlyMap<string, Metric> {
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

const CATALOGUE: Record<Kind, ReadonlyMap<string, Metric>> = {
  bay: byName([...OWN_METRICS.bay, ...DEVICE_METRICS]),
  luminaire: byName([...OWN_METRICS.luminaire, ...DEVICE_METRICS]),
  pump: byName([...OWN_METRICS.pump, ...DEVICE_METRICS]),
  circuit: byName([...OWN_METRICS.circuit, ...DEVICE_METRICS]),
  gateway: byName([...OWN_METRICS.gateway, ...DEVICE_METRICS]),
  meter: byName([...OWN_METRICS.meter, ...DEVICE_METRICS]),
  sign: byName([...OWN_METRICS.sign, ...DEVICE_METRICS]),
};

/** The metrics of a kind, by name, in the order of the catalogue. The only place that lists them. */
export function metricsOf(kind: Kind): ReadonlyMap<string, Metric> {
  return CATALOGUE[kind];
}
