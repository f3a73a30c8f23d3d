import { describe, expect, test } from 'vitest';
import { attributeSchema } from '../model/attributes.ts';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { localTime } from '../model/local-time.ts';
import type { Asset } from '../model/site.ts';
import { demoFleet, demoSite, samplesOf } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';
import { createFleet } from './fleet.ts';
import { NO_FAULTS } from './scenario.ts';

// A Wednesday: both days of history are working days.
const NOW = Date.parse('2026-11-25T12:00:00Z');

const values = (of: readonly Sample[], name: string): number[] => of.map((sample) => Number(sample[name]));
const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
const hourOf = ({ ts }: Sample): number => Math.floor(localTime(ts, demoSite.tz).minute / 60);

describe('parking', () => {
  const series = samplesOf(demoFleet(NOW, NO_FAULTS, 3), NOW);
  const bays = (bayClass: string): Sample[][] =>
    demoSite.assets
      .filter(({ attributes }) => attributes['bay_class'] === bayClass)
      .map(({ id }) => series.get(id)!);
  const share = (of: readonly Sample[][], hours: readonly number[]): number =>
    mean(
      values(
        of.flat().filter((s) => hours.includes(hourOf(s))),
        'occupied',
      ),
    );

  test('residents sleep at home and work elsewhere', () => {
    expect(share(bays('reserved'), [1, 2, 3, 4])).toBeGreaterThan(0.9);
    expect(share(bays('reserved'), [11, 12, 13, 14])).toBeLessThan(0.35);
    expect(share(bays('general'), [2, 3])).toBeGreaterThan(share(bays('general'), [11, 12]));
  });

  test('nobody stands in a fire lane', () => expect(share(bays('fire_lane'), [...Array(24).keys()])).toBe(0));

  test('every other bay turns over, and tells the change at once', () => {
    for (const [id, samplesOfBay] of series) {
      const asset = demoSite.assets.find((other) => other.id === id)!;
      if (asset.kind !== 'bay' || asset.attributes['bay_class'] === 'fire_lane') continue;
      const changes = samplesOfBay.slice(1).filter((s, i) => s['occupied'] !== samplesOfBay[i]!['occupied']);
      expect(changes.length, id).toBeGreaterThan(0);
    }
    // Flips come between heartbeats, not on their ten-minute grid.
    const bay = series.get('bay-041')!;
    const gaps = new Set(bay.slice(1).map((s, i) => s.ts - bay[i]!.ts));
    expect(Math.max(...gaps)).toBe(10 * MINUTE_MS);
    expect(gaps.size).toBeGreaterThan(1);
  });

  test('a charging point delivers only to a car, and meters what it delivers', () => {
    let delivered_kwh = 0;
    for (const point of bays('charging')) {
      const meter = values(point, 'energy_kwh');
      expect(meter).toEqual([...meter].sort((a, b) => a - b));
      for (const sample of point) {
        const power_w = Number(sample['power_w']);
        if (power_w > 0) expect(sample['occupied']).toBe(true);
        expect(power_w).toBeLessThanOrEqual(11_040);
      }
      for (const [i, sample] of point.slice(1).entries()) {
        const before = point[i]!;
        if (before['power_w'] !== sample['power_w']) continue;
        const hours = (sample.ts - before.ts) / HOUR_MS;
        const metered = Number(sample['energy_kwh']) - Number(before['energy_kwh']);
        expect(metered).toBeCloseTo((Number(sample['power_w']) / 1000) * hours, 1);
      }
      delivered_kwh += Number(point.at(-1)!['energy_kwh']) - Number(point[0]!['energy_kwh']);
    }
    expect(delivered_kwh).toBeGreaterThan(200);
  });
});

test('gates count the cars that the bays see', () => {
  const zone = demoSite.assets.find(({ id }) => id === 'bay-015')!.zone;
  const bays = demoSite.assets.filter((asset) => asset.kind === 'bay' && asset.zone === zone);
  const gate: Asset = {
    ...bays[0]!,
    id: 'gate',
    kind: 'meter',
    gateway: '',
    attributes: attributeSchema('meter').parse({ heartbeat_s: 300 }),
  };
  const site = { ...demoSite, assets: [...bays, gate] };
  const start = NOW - 48 * HOUR_MS;
  const fleet = createFleet({ site, scenario: NO_FAULTS, seed: 3, start, now: NOW });
  const occupied = new Map<string, boolean>();
  const off: number[] = [];
  for (const { asset, payload } of fleet.advance(NOW)) {
    const sample = JSON.parse(payload) as Sample;
    if (asset !== 'gate') occupied.set(asset, sample['occupied'] === true);
    // Every bay has spoken by then.
    else if (sample.ts > start + HOUR_MS) {
      const taken = [...occupied.values()].filter(Boolean).length;
      off.push(Math.abs(Number(sample['entries']) - Number(sample['exits']) - taken));
    }
  }
  expect(mean(off)).toBeLessThan(0.5);
  // Some are on their way for two minutes.
  expect(Math.max(...off)).toBeLessThanOrEqual(6);
});
