import type { Kind } from '../model/kinds.ts';
import type { Asset } from '../model/site.ts';

/** What an attribute of the asset must say, or be more than; or that it must say something. */
type Need =
  | { readonly attribute: string; readonly is: readonly string[] }
  | { readonly attribute: string; readonly above: number }
  | { readonly attribute: string; readonly isGiven: true };

interface FaultOf {
  /** The kind of asset that it happens to; undefined: any. */
  readonly kind: Kind | undefined;
  /** The rule of the library that finds it. */
  readonly rule: string;
  readonly only?: Need | readonly Need[];
}

/** The model of a retrofit controller of a lamp: it counts energy for the bill, and measures nothing else. */
export const COUNTS_ONLY = 'energy counter';
const WITH_BATTERY = { attribute: 'bay_class', is: ['general', 'reserved', 'accessible', 'fire_lane'] };
const BY_ZONES = {
  attribute: 'vibration_class',
  is: ['iso10816_7_1', 'iso10816_7_2', 'iso10816_3_rigid', 'iso10816_3_flexible'],
};
const ONE_SPEED = { attribute: 'duty', is: ['drainage', 'fire'] };
const EMPTIED = { attribute: 'duty', is: ['drainage'] };

/** What can be made to go wrong. docs/simulator.md tells what each looks like. */
export const FAULT_KINDS = {
  lamp_out: { kind: 'luminaire', rule: 'LampOut' },
  lamp_cycling: { kind: 'luminaire', rule: 'CyclingLamp' },
  day_burner: { kind: 'luminaire', rule: 'DayBurner' },
  day_burner_counted: {
    kind: 'luminaire',
    rule: 'DayBurnerEnergy',
    only: { attribute: 'model', is: [COUNTS_ONLY] },
  },
  wrong_level: { kind: 'luminaire', rule: 'WrongLevel' },
  power_factor_low: { kind: 'luminaire', rule: 'PowerFactorLow' },
  driver_hot: { kind: 'luminaire', rule: 'DriverThermal' },
  lumen_life: { kind: 'luminaire', rule: 'LumenMaintenance' },
  circuit_out: { kind: 'circuit', rule: 'CircuitOut' },
  pump_dry_run: { kind: 'pump', rule: 'PumpDryRun' },
  pump_vibration: { kind: 'pump', rule: 'PumpVibration', only: BY_ZONES },
  vibration_rise: {
    kind: 'pump',
    rule: 'PumpVibrationRise',
    only: { attribute: 'vibration_class', is: ['own'] },
  },
  pump_service_due: { kind: 'pump', rule: 'PumpServiceDue' },
  starts_service_due: {
    kind: 'pump',
    rule: 'PumpServiceDue',
    only: { attribute: 'service_every_starts', above: 0 },
  },
  calendar_service_due: {
    kind: 'pump',
    rule: 'PumpServiceDue',
    only: [
      { attribute: 'service_every_d', above: 0 },
      { attribute: 'serviced', isGiven: true },
    ],
  },
  bearing_hot: { kind: 'pump', rule: 'BearingHot' },
  fails_to_start: { kind: 'pump', rule: 'FailsToStart' },
  runs_on: { kind: 'pump', rule: 'RunsOn', only: ONE_SPEED },
  short_cycling: { kind: 'pump', rule: 'ShortCycling', only: EMPTIED },
  starts_often: {
    kind: 'pump',
    rule: 'ShortCycling',
    only: [EMPTIED, { attribute: 'starts_daily_max', above: 0 }],
  },
  cavitation: { kind: 'pump', rule: 'Cavitation' },
  efficiency_loss: { kind: 'pump', rule: 'EfficiencyLoss', only: ONE_SPEED },
  seal_leak: { kind: 'pump', rule: 'SealLeak' },
  bay_stuck: { kind: 'bay', rule: 'BayStuck' },
  sensor_drift: { kind: 'bay', rule: 'BaySensorDrift' },
  overstay: { kind: 'bay', rule: 'Overstay', only: { attribute: 'limit_minutes', above: 0 } },
  fire_lane_occupied: {
    kind: 'bay',
    rule: 'FireLaneOccupied',
    only: { attribute: 'bay_class', is: ['fire_lane'] },
  },
  device_silent: { kind: undefined, rule: 'DeviceSilent' },
  clock_reset: { kind: undefined, rule: 'DeviceSilent' },
  gateway_silent: { kind: 'gateway', rule: 'GatewayOffline' },
  gateway_outage: { kind: 'gateway', rule: 'GatewayOffline' },
  battery_low: { kind: 'bay', rule: 'BatteryLow', only: WITH_BATTERY },
  gate_miscounts: { kind: 'meter', rule: 'CountMismatch' },
  battery_draining: { kind: 'bay', rule: 'BatteryForecast', only: WITH_BATTERY },
} as const satisfies Record<string, FaultOf>;

export type FaultKind = keyof typeof FAULT_KINDS;
export const FAULT_NAMES = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];

/** Faults that come slowly: how far they are grows evenly over `onset_h`. */
export const GRADUAL: ReadonlySet<FaultKind> = new Set([
  'pump_vibration',
  'vibration_rise',
  'bearing_hot',
  'efficiency_loss',
  'power_factor_low',
  'driver_hot',
  'sensor_drift',
]);

/** Counters, or days, that run out: nothing but work on the asset ends it. */
export const ENDLESS: ReadonlySet<FaultKind> = new Set([
  'pump_service_due',
  'starts_service_due',
  'calendar_service_due',
  'lumen_life',
]);

function meets(need: Need, value: number | string | undefined): boolean {
  if ('is' in need) return need.is.includes(String(value));
  return 'above' in need ? Number(value) > need.above : (value ?? '') !== '';
}

/** Why the fault cannot happen to the asset; undefined when it can. */
export function misfit(fault: FaultKind, asset: Asset): string | undefined {
  const { kind, only }: FaultOf = FAULT_KINDS[fault];
  if (kind !== undefined && asset.kind !== kind)
    return `${fault} happens to a ${kind}, "${asset.id}" is a ${asset.kind}`;
  const missing = [only ?? []].flat().find((need) => !meets(need, asset.attributes[need.attribute]));
  if (missing === undefined) return undefined;
  const { attribute } = missing;
  if (!('is' in missing)) return `${fault} happens to a ${kind} with ${attribute}, "${asset.id}" has none`;
  const is = String(asset.attributes[attribute]);
  return `${fault} happens to a ${kind} of ${attribute} ${missing.is.join(' or ')}, "${asset.id}" is ${is}`;
}
