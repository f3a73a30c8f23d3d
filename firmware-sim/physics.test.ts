import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../model/clock.ts';
import { expectedLevel } from '../model/lighting.ts';
import { localTime } from '../model/local-time.ts';
import { demoSite, oneAsset, samplesOf } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';

// A Wednesday: both days of history are working days.
const NOW = Date.parse('2026-11-25T12:00:00Z');

function samples(asset: string): Sample[] {
  return samplesOf(oneAsset(asset, NOW), NOW).get(asset)!;
}

const values = (of: readonly Sample[], name: string): number[] => of.map((sample) => Number(sample[name]));
const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
const hourOf = ({ ts }: Sample): number => Math.floor(localTime(ts, demoSite.tz).minute / 60);
const counters = (of: readonly Sample[], name: string): void =>
  expect(values(of, name)).toEqual(values(of, name).sort((a, b) => a - b));

describe('a lamp', () => {
  const lamp = samples('lamp-001');
  const rated_w = 60;

  test('draws what its level asks for, and next to nothing by day', () => {
    for (const sample of lamp) {
      const level = expectedLevel(Math.floor(sample.ts / MINUTE_MS) * MINUTE_MS, demoSite, demoSite.lighting);
      expect(sample['level_pct']).toBe(level);
      const power_w = Number(sample['power_w']);
      if (level === 0) expect(power_w).toBe(0.4);
      else expect(Math.abs(power_w / (rated_w * (level / 100)) - 1)).toBeLessThan(0.12);
    }
  });

  test('is dimmed in the middle of the night', () => {
    const at = (level: number): number =>
      mean(
        values(
          lamp.filter((s) => s['level_pct'] === level),
          'power_w',
        ),
      );
    expect(at(60) / at(100)).toBeCloseTo(0.6, 1);
    expect(lamp.some((s) => s['level_pct'] === 60)).toBe(true);
  });

  test('draws more while it is cold', () => {
    const lit = lamp.findIndex((s) => s['level_pct'] === 100);
    const warm = mean(values(lamp.slice(lit + 12, lit + 24), 'power_w'));
    expect(Number(lamp[lit]!['power_w']) / warm).toBeGreaterThan(1.01);
  });

  test('its counters add up', () => {
    counters(lamp, 'energy_kwh');
    counters(lamp, 'burning_h');
    const grown = (name: string): number => Number(lamp.at(-1)![name]) - Number(lamp[0]![name]);
    const metered_kwh = values(lamp.slice(1), 'power_w').reduce((sum, power_w) => sum + power_w / 12_000, 0);
    expect(grown('energy_kwh')).toBeCloseTo(metered_kwh, 1);
    const lit = lamp.slice(1).filter((s) => s['level_pct'] !== 0).length;
    expect(grown('burning_h')).toBeCloseTo(lit / 12, 1);
  });
});

test('a circuit draws what its lamps draw together', () => {
  const series = samplesOf(oneAsset('circuit-2', NOW), NOW);
  const lamps = [...series].filter(([id]) => id.startsWith('lamp')).map(([, of]) => of);
  expect(lamps).toHaveLength(15);
  for (const sample of series.get('circuit-2')!) {
    if (sample.ts % (30 * MINUTE_MS) > MINUTE_MS) continue;
    const near = lamps.map((lamp) => lamp.findLast(({ ts }) => ts <= sample.ts));
    // Not while the level changes: the lamps were read up to five minutes ago.
    if (new Set(near.map((s) => s?.['level_pct'])).size !== 1 || near[0] === undefined) continue;
    const told = near.reduce((sum, s) => sum + Number(s?.['power_w']), 0);
    const changed = expectedLevel(sample.ts, demoSite, demoSite.lighting) !== near[0]['level_pct'];
    if (!changed) expect(Math.abs(Number(sample['power_w']) / told - 1)).toBeLessThan(0.05);
  }
});

describe('a drainage pump', () => {
  const pump = samples('pump-01');

  test('empties its sump between two levels, a few times an hour at the most', () => {
    const levels = values(pump, 'level_cm');
    expect(Math.min(...levels)).toBeGreaterThan(30);
    expect(Math.max(...levels)).toBeLessThan(120);
    const starts = Number(pump.at(-1)!['starts']) - Number(pump[0]!['starts']);
    expect(starts).toBeGreaterThan(24);
    // Half of what NEMA MG 10 allows a small motor in an hour.
    expect(starts / 48).toBeLessThan(4);
  });

  test('the water that flows is the water that falls', () => {
    for (const [i, sample] of pump.slice(0, -1).entries()) {
      const next = pump[i + 1]!;
      if (sample['running'] && next['running']) {
        expect(Number(next['level_cm'])).toBeLessThan(Number(sample['level_cm']) + 1);
      }
      if (!sample['running']) expect(sample['flow_m3_h']).toBe(0);
    }
  });

  test('power, current and voltage agree', () => {
    for (const s of pump.filter((sample) => sample['running'])) {
      const apparent =
        Math.sqrt(3) * Number(s['voltage_v']) * Number(s['current_a']) * Number(s['power_factor']);
      expect(Math.abs(apparent / Number(s['power_w']) - 1)).toBeLessThan(0.02);
    }
  });

  test('its counters add up', () => {
    for (const name of ['run_h', 'starts', 'energy_kwh']) counters(pump, name);
    const ran_h = (pump.slice(1).filter((s) => s['running']).length * 20) / 3600;
    expect(Number(pump.at(-1)!['run_h']) - Number(pump[0]!['run_h'])).toBeCloseTo(ran_h, 2);
  });
});

describe('a booster', () => {
  const pump = samples('pump-02');
  const by = (hours: readonly number[]): number =>
    mean(
      values(
        pump.filter((s) => hours.includes(hourOf(s))),
        'flow_m3_h',
      ),
    );

  test('never stops, works hardest when people wash, and keeps the pressure', () => {
    expect(pump.every((s) => s['running'])).toBe(true);
    expect(by([7, 8])).toBeGreaterThan(3 * by([2, 3]));
    const pressures = values(pump, 'pressure_kpa');
    expect(Math.min(...pressures)).toBeGreaterThan(405);
    expect(Math.max(...pressures)).toBeLessThan(430);
  });
});

test('a fire pump rests but for its daily test', () => {
  const pump = samples('pump-06');
  const starts = Number(pump.at(-1)!['starts']) - Number(pump[0]!['starts']);
  expect(starts).toBeLessThanOrEqual(2);
  expect(pump.filter((s) => s['running']).length).toBeGreaterThan(20);
  expect(pump.every((s) => !s['running'] || [10, 11].includes(hourOf(s)))).toBe(true);
});
