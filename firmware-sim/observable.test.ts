import { describe, expect, test } from 'vitest';
import { attributeSchema } from '../model/attributes.ts';
import { DAY_MS, HOUR_MS } from '../model/clock.ts';
import type { Asset } from '../model/site.ts';
import { demoSite } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';
import { COUNTS_ONLY, FAULT_NAMES, type FaultKind } from './fault-kinds.ts';
import { createFleet } from './fleet.ts';
import { readScenario } from './scenario.ts';
import { type Truth, truthOf } from './truth.ts';

const START = Date.parse('2026-11-02T00:00:00Z');
const bay = demoSite.assets.find(({ id }) => id === 'bay-015')!;
const gate: Asset = {
  ...bay,
  id: 'gate-1',
  kind: 'meter',
  gateway: '',
  attributes: attributeSchema('meter').parse({ heartbeat_s: 300 }),
};
const site = {
  ...demoSite,
  assets: [gate, ...demoSite.assets].map((asset) => ({
    ...asset,
    attributes: {
      ...asset.attributes,
      ...(asset.id === 'bay-002' ? { limit_minutes: 120, grace_minutes: 10 } : {}),
      ...(asset.id === 'lamp-021' ? { model: COUNTS_ONLY } : {}),
      ...(asset.id === 'pump-05' ? { service_every_starts: 5000, starts_daily_max: 100 } : {}),
      ...(asset.id === 'pump-03' ? { vibration_class: 'own' } : {}),
      ...(asset.id === 'pump-01' ? { service_every_d: 365, serviced: '2025-12-01' } : {}),
      ...(asset.id === 'pump-02' ? { service_every_d: 365, serviced: '2025-11-04' } : {}),
    },
  })),
};

/** What the asset says until `days`, and the truth of its one fault. */
function run(asset: string, days: number, fault: string): { truth: Truth; said: Sample[] } {
  const found = site.assets.find(({ id }) => id === asset)!;
  const kept = new Set([asset, found.circuit, found.gateway]);
  const assets = site.assets.filter(
    ({ id, kind, zone, circuit, gateway }) =>
      kept.has(id) ||
      (found.kind === 'meter' && kind === 'bay' && zone === found.zone) ||
      circuit === asset ||
      (gateway === asset && /[05]$/.test(id)),
  );
  const small = { ...site, assets };
  const scenario = readScenario(`faults:\n- { asset: ${asset}, ${fault} }`, 's.yaml', small);
  const fleet = createFleet({ site: small, scenario, seed: 5, start: START, now: START });
  const said: Sample[] = [];
  for (let to = START; to < START + days * DAY_MS; ) {
    to += 6 * HOUR_MS;
    for (const one of fleet.advance(to))
      if (one.asset === asset) said.push(JSON.parse(one.payload) as Sample);
  }
  return { truth: truthOf(fleet)[0]!, said };
}

const hours = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / HOUR_MS;

// fault, asset, days to run, when, and within how many hours it must show itself.
const CASES: Record<
  FaultKind,
  readonly [asset: string, days: number, fault: string, least_h: number, most_h: number]
> = {
  lamp_out: ['lamp-020', 3, 'when: +30h for 30h', 5, 13],
  lamp_cycling: ['lamp-020', 3, 'when: +30h for 30h', 5, 13],
  day_burner: ['lamp-020', 3, 'when: +20h for 30h', 10, 14],
  day_burner_counted: ['lamp-021', 4, 'when: +30h for 60h', 0.5, 26],
  wrong_level: ['lamp-020', 3, 'when: +30h for 30h', 5, 13],
  power_factor_low: ['lamp-020', 8, 'when: +24h for 160h, onset_h: 96', 40, 100],
  driver_hot: ['lamp-020', 6, 'when: +24h for 100h, onset_h: 48', 20, 48],
  lumen_life: ['lamp-020', 4, 'when: +36h', 0, 12],
  circuit_out: ['circuit-5', 3, 'when: +30h for 30h', 5, 13],
  pump_dry_run: ['pump-05', 2, 'when: +20h for 2h', 0, 0.1],
  pump_vibration: ['pump-08', 6, 'when: +24h for 90h, onset_h: 48', 12, 48],
  vibration_rise: ['pump-03', 10, 'when: +96h for 100h, onset_h: 48', 10, 48],
  pump_service_due: ['pump-02', 3, 'when: +30h', 0, 1],
  starts_service_due: ['pump-05', 3, 'when: +30h', 0, 4],
  calendar_service_due: ['pump-02', 3, 'when: +30h', 18, 19],
  bearing_hot: ['pump-08', 4, 'when: +24h for 60h, onset_h: 24', 6, 24],
  fails_to_start: ['pump-05', 3, 'when: +20h for 12h', 0, 6],
  runs_on: ['pump-05', 3, 'when: +20h for 24h', 0, 6],
  short_cycling: ['pump-05', 3, 'when: +20h for 12h', 0, 4],
  starts_often: ['pump-05', 4, 'when: +20h for 60h', 8, 23],
  cavitation: ['pump-08', 5, 'when: +80h for 12h', 0, 8],
  efficiency_loss: ['pump-05', 16, 'when: +200h for 170h, onset_h: 48', 10, 72],
  seal_leak: ['pump-08', 2, 'when: +20h for 12h', 0, 0.1],
  bay_stuck: ['bay-015', 4, 'when: +20h for 60h', 0, 40],
  sensor_drift: ['bay-002', 16, 'when: +200h for 170h, onset_h: 48', 4, 60],
  overstay: ['bay-002', 3, 'when: +30h for 8h', 0, 3],
  fire_lane_occupied: ['bay-060', 2, 'when: +20h for 2h', 0, 0.1],
  device_silent: ['bay-015', 2, 'when: +20h for 20h', 0, 0.8],
  clock_reset: ['bay-015', 2, 'when: +20h for 20h', 0, 0.8],
  gateway_silent: ['gw-1', 2, 'when: +20h for 5h', 0, 0.1],
  gateway_outage: ['gw-1', 2, 'when: +20h for 5h', 0, 0.1],
  gate_miscounts: ['gate-1', 3, 'when: +20h for 50h', 0.1, 40],
  battery_low: ['bay-015', 3, 'when: +20h for 40h', 0, 1],
  battery_draining: ['bay-015', 16, 'when: +24h for 340h', 24, 240],
};

describe('every fault shows itself in what is heard, in time', () => {
  test.each(FAULT_NAMES)('%s', (fault) => {
    const [asset, days, rest, least_h, most_h] = CASES[fault];
    const { truth } = run(asset, days, `fault: ${fault}, ${rest}`);
    expect(truth.observable).not.toBeNull();
    const shown_h = hours(truth.from, truth.observable!);
    expect(shown_h).toBeGreaterThanOrEqual(least_h);
    expect(shown_h).toBeLessThanOrEqual(most_h);
  });
});

describe('what nobody could have seen is not asked for', () => {
  test.each([
    ['a lamp that is dark by day', 'lamp-020', 'fault: lamp_out, when: +32h for 6h'],
    ['a service in the future', 'pump-02', 'fault: pump_service_due, when: +60d'],
    ['a service on a day to come', 'pump-01', 'fault: calendar_service_due, when: +24h'],
    ['a car that stands for a minute', 'bay-060', 'fault: fire_lane_occupied, when: +20h for 2m'],
    ['a device that misses one heartbeat', 'bay-015', 'fault: device_silent, when: +20h for 12m'],
    ['a wear that has hardly begun', 'pump-08', 'fault: pump_vibration, when: +24h for 10h, onset_h: 400'],
  ])('%s', (_, asset, fault) => {
    const { truth } = run(asset, 3, fault);
    expect(truth?.observable ?? null).toBeNull();
  });
});

test('a clock that was reset counts from its beginning, and what it says is heard at once', () => {
  const { said } = run('bay-015', 2, 'fault: clock_reset, when: +20h for 20h');
  const strange = said.filter(({ ts }) => ts < START);
  expect(strange.length).toBeGreaterThan(100);
  expect(new Date(strange[0]!.ts).getUTCFullYear()).toBe(2000);
});

test('a welded contactor empties the sump until the pump snores', () => {
  const { said } = run('pump-05', 3, 'fault: runs_on, when: +20h for 24h');
  const wrong = said.filter(({ running, commanded }) => running === true && commanded === false);
  expect(Math.min(...wrong.map(({ level_cm }) => Number(level_cm)))).toBeLessThan(8);
  expect(Math.min(...wrong.map(({ power_w }) => Number(power_w)))).toBeLessThan(1000);
});

test('worn rings cost power for the same water', () => {
  const { said } = run('pump-05', 14, 'fault: efficiency_loss, when: +170h for 160h, onset_h: 24');
  const useful = (from_h: number, to_h: number): number => {
    const of = said.filter(({ ts }) => ts >= START + from_h * HOUR_MS && ts < START + to_h * HOUR_MS);
    const sum = (name: string): number =>
      of.reduce((total, sample) => total + (sample['running'] ? Number(sample[name]) : 0), 0);
    return sum('flow_m3_h') / sum('power_w');
  };
  expect(useful(240, 288) / useful(96, 144)).toBeLessThan(0.83);
});
