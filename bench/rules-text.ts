import type { Kind } from '../model/kinds.ts';

/** Metrics of two kinds whose readings rules can judge, seven rules each. */
const PUMP = [
  'power_w',
  'voltage_v',
  'current_a',
  'flow_m3_h',
  'pressure_kpa',
  'vibration_mm_s',
  'bearing_c',
  'suction_kpa',
  'level_cm',
  'power_factor',
  'battery_pct',
  'battery_v',
  'rssi_dbm',
  'temperature_c',
  'energy_kwh',
  'run_h',
  'starts',
];
const LUMINAIRE = [
  'power_w',
  'voltage_v',
  'current_a',
  'power_factor',
  'energy_kwh',
  'level_pct',
  'burning_h',
  'starts',
  'battery_pct',
  'battery_v',
  'rssi_dbm',
  'temperature_c',
];

export const RULES_OF_A_METRIC = 7;

export interface Subject {
  readonly kind: Kind;
  readonly metric: string;
}

export const SUBJECTS: readonly Subject[] = [
  ...PUMP.map((metric): Subject => ({ kind: 'pump', metric })),
  ...LUMINAIRE.map((metric): Subject => ({ kind: 'luminaire', metric })),
];

/** An attribute without a unit, which is 0.97 for every asset. */
const ATTRIBUTE: Partial<Record<Kind, string>> = { pump: 'starts_hourly_max', luminaire: 'cycling_starts' };

/** Values are scaled so that 0.4 to 0.6 is healthy for every metric; see `sampleValue` of the load. */
const CONDITIONS: readonly ((m: string, attribute: string) => string)[] = [
  (m) => `when: ${m} > 0.9\n    clear: ${m} < 0.7\n    for: 10m\n    keep_firing_for: 5m`,
  (m, a) => `when: ${m} > ${a}\n    clear: ${m} < 0.7\n    for: 1h`,
  (m) => `when: avg(${m}, "10m") > 0.8\n    clear: avg(${m}, "10m") < 0.6\n    for: 20m`,
  (m) => `when: avg(${m}, "10m") < 0.2 && ${m} < 0.3 || ${m} > 0.99\n    for: 30m`,
  (m, a) => `when: ${m} < 0.1 * ${a}\n    for: 5m\n    severity: major`,
  (m) => `when: model == "old" && ${m} > 0.65 || ${m} > 0.95 && ${m} > 1.2 * avg(${m}, "10m")\n    for: 15m`,
  (m) => `when: since_change(${m}) > duration("6h")\n    clear: since_change(${m}) < duration("1h")`,
];

/** `count` rules, seven on each metric in turn, as a rule file. */
export function rulesText(count: number): string {
  const rules = Array.from({ length: count }, (_, i) => {
    const { kind, metric } = SUBJECTS[Math.floor(i / RULES_OF_A_METRIC)]!;
    const condition = CONDITIONS[i % RULES_OF_A_METRIC]!(metric, ATTRIBUTE[kind]!);
    return `  - rule: Rule${i}\n    on: ${kind}\n    ${condition}\n    ticket: { title: "{asset.name} ${metric}" }`;
  });
  return `groups:\n- name: bench\n  rules:\n${rules.join('\n')}\n`;
}
