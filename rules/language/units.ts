import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/clock.ts';

/** Names carry their unit last. Longest first: `_mm_s` is not seconds. */
const SUFFIXES = [
  ['_mm_s', 'mm/s'],
  ['_m3_h', 'm³/h'],
  ['_minutes', 'min'],
  ['_min', 'min'],
  ['_kwh', 'kWh'],
  ['_kpa', 'kPa'],
  ['_dbm', 'dBm'],
  ['_pct', '%'],
  ['_m3', 'm³'],
  ['_cm', 'cm'],
  ['_w', 'W'],
  ['_v', 'V'],
  ['_a', 'A'],
  ['_c', '°C'],
  ['_s', 's'],
  ['_h', 'h'],
  ['_d', 'd'],
] as const;

const TIME_MS: Readonly<Record<string, number>> = { s: SECOND_MS, min: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The unit that a name ends in; empty when it names none. */
export function unitOfName(name: string): string {
  if (name === 'expected_level') return '%';
  return SUFFIXES.find(([suffix]) => name.endsWith(suffix))?.[1] ?? '';
}

/** Milliseconds in the unit, when it is one of time. */
export function millisecondsIn(unit: string): number | undefined {
  return TIME_MS[unit];
}
