import type { Kind } from '../model/kinds.ts';

/** What can be made to go wrong: the kind of asset that it happens to, and the rule of the library that finds it. */
export const FAULT_KINDS = {
  lamp_out: { kind: 'luminaire', rule: 'LampOut' },
  circuit_out: { kind: 'circuit', rule: 'CircuitOut' },
  day_burner: { kind: 'luminaire', rule: 'DayBurner' },
  pump_dry_run: { kind: 'pump', rule: 'PumpDryRun' },
  pump_vibration: { kind: 'pump', rule: 'PumpVibration' },
  pump_service_due: { kind: 'pump', rule: 'PumpServiceDue' },
  bay_stuck: { kind: 'bay', rule: 'BayStuck' },
  fire_lane_occupied: { kind: 'bay', rule: 'FireLaneOccupied' },
  device_silent: { kind: undefined, rule: 'DeviceSilent' },
  gateway_silent: { kind: 'gateway', rule: 'GatewayOffline' },
  gateway_outage: { kind: 'gateway', rule: 'GatewayOffline' },
  battery_low: { kind: 'bay', rule: 'BatteryLow' },
} as const satisfies Record<string, { kind: Kind | undefined; rule: string }>;

export type FaultKind = keyof typeof FAULT_KINDS;
export const FAULT_NAMES = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];
