import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { metricsOf } from '../model/metrics.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import { demoFleet, demoScenario, demoSite, samplesOf } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';
import type { Fleet } from './fleet.ts';
import { findFaults } from './naive-rules.testkit.ts';
import { NO_FAULTS } from './scenario.ts';
import { truthOf } from './truth.ts';

const NOW = Date.parse('2026-11-24T02:00:00Z');
const START = NOW - 48 * HOUR_MS;

/** A handful of assets of every kind, with all their bonds: enough for properties that need many runs. */
const few = {
  ...demoSite,
  assets: demoSite.assets.filter(({ id }) =>
    /^(gw-.|circuit-1|lamp-00.|lamp-011|pump-0[257]|bay-0(15|26|60|74)|bay-201)$/.test(id),
  ),
};
const fewIds = new Set(few.assets.map(({ id }) => id));
const fewFaults = { faults: demoScenario.faults.filter(({ asset }) => fewIds.has(asset)) };
const fewFleet = (seed = 7): Fleet => demoFleet(NOW, fewFaults, seed, few);

function digest(fleet: Fleet, cuts: readonly number[]): string {
  const byDevice = new Map<string, string[]>();
  for (const cut of cuts) {
    for (const { device, payload } of fleet.advance(cut)) {
      byDevice.set(device, [...(byDevice.get(device) ?? []), payload]);
    }
  }
  const hash = createHash('sha256');
  for (const [device, payloads] of [...byDevice].sort()) hash.update(device).update(payloads.join('\n'));
  return hash.digest('hex');
}

describe('a fleet', () => {
  test('is one device for each simulated asset, with a topic of its own', () => {
    const devices = demoFleet(NOW).devices();
    expect(devices).toHaveLength(386);
    expect(new Set(devices.map(({ device }) => device)).size).toBe(386);
    for (const { device, asset, topic } of devices) {
      expect(device).toBe(`dev-${asset}`);
      expect(parseTelemetryTopic(topic)).toEqual({
        site: 'alder-wharf',
        kind: demoSite.assets.find(({ id }) => id === asset)?.kind,
        asset,
      });
    }
  });

  test('the same seed gives the same bytes, another seed others', () => {
    const until = [START + 3 * HOUR_MS];
    expect(digest(fewFleet(1), until)).toBe(digest(fewFleet(1), until));
    expect(digest(fewFleet(1), until)).not.toBe(digest(fewFleet(2), until));
  });

  test('however the time is cut, and whatever part is skipped, the bytes are the same', () => {
    const end = START + 4 * HOUR_MS;
    const whole = digest(fewFleet(), [end]);
    const cut = fc.integer({ min: START, max: end });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 6 }), (cuts) => {
        expect(digest(fewFleet(), [...cuts.sort((a, b) => a - b), end])).toBe(whole);
      }),
      { numRuns: 8 },
    );
    fc.assert(
      fc.property(cut, (skipped) => {
        const advanced = fewFleet();
        advanced.advance(skipped);
        const restarted = fewFleet();
        restarted.skip(skipped);
        expect(restarted.time()).toBe(skipped);
        expect(digest(restarted, [end])).toBe(digest(advanced, [end]));
      }),
      { numRuns: 8 },
    );
  });

  test('batches say what single readings say', () => {
    const single = demoFleet(NOW).advance(START + HOUR_MS);
    const batches = [...demoFleet(NOW).batches(START + HOUR_MS)];
    for (const { device, payloads, readings } of batches) {
      const parts = payloads.map((payload) => JSON.parse(payload) as Sample[]);
      expect(Math.max(0, ...parts.map((part) => part.length))).toBeLessThanOrEqual(100);
      expect(parts.flat()).toHaveLength(readings);
      expect(parts.flat().map((sample) => JSON.stringify(sample))).toEqual(
        single.filter((reading) => reading.device === device).map(({ payload }) => payload),
      );
    }
    expect(single.map(({ ts }) => ts)).toEqual(single.map(({ ts }) => ts).sort((a, b) => a - b));
  });
});

const truths = (fleet: Fleet): string[] =>
  truthOf(fleet)
    .map(({ rule, asset }) => `${rule}/${asset}`)
    .sort();

describe('48 hours of the demo', () => {
  const fleet = demoFleet(NOW);
  const before = process.cpuUsage();
  const batches = [...fleet.batches(NOW)];
  const { user, system } = process.cpuUsage(before);
  const readings = batches.reduce((sum, batch) => sum + batch.readings, 0);
  const series = new Map(
    batches.map(({ asset, payloads }) => [asset, payloads.flatMap((one) => JSON.parse(one) as Sample[])]),
  );

  test('are some 290,000 readings, made in a second or two', () => {
    expect(readings).toBeGreaterThan(280_000);
    expect(readings).toBeLessThan(450_000);
    // CPU time, so that a busy machine does not count; measured about one second, the rest is for a slow one.
    expect((user + system) / 1e6).toBeLessThan(8);
  });

  test('every metric is in the catalogue and inside its range, every device in order of time', () => {
    const wrong: string[] = [];
    for (const [asset, samples] of series) {
      const metrics = metricsOf(demoSite.assets.find(({ id }) => id === asset)!.kind);
      let last = START - 1;
      for (const { ts, ...values } of samples) {
        if (!(Number.isInteger(ts) && ts > last && ts < NOW)) wrong.push(`${asset} at ${ts}`);
        last = ts;
        for (const name in values) {
          const value = values[name]!;
          const metric = metrics.get(name);
          const fits = metric !== undefined && Number(value) >= metric.min && Number(value) <= metric.max;
          if (!fits || (metric.type === 'state') !== (typeof value === 'boolean')) {
            wrong.push(`${asset} ${name}=${value}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('hold the faults that a patient person finds, and no others, with a fifth to spare', () => {
    expect(truths(fleet)).toHaveLength(demoScenario.faults.length);
    for (const margin of [0, 0.2]) {
      expect([...findFaults(demoSite, series, margin, START, NOW)].sort()).toEqual(truths(fleet));
    }
  });
});

describe('the truth', () => {
  test('is found on a midsummer afternoon too', () => {
    const now = Date.parse('2026-06-21T16:30:00Z');
    const fleet = demoFleet(now, undefined, 99);
    const found = findFaults(demoSite, samplesOf(fleet, now), 0.2, now - 48 * HOUR_MS, now);
    expect([...found].sort()).toEqual(truths(fleet));
  });

  test('without a scenario nothing is wrong for a week', () => {
    const end = START + 168 * HOUR_MS;
    const sparse = { ...demoSite, assets: demoSite.assets.filter(({ id }) => /[05]$/.test(id)) };
    const fleet = demoFleet(NOW, NO_FAULTS, 11, sparse);
    expect(findFaults(sparse, samplesOf(fleet, end), 0.2, START, end)).toEqual(new Set());
    expect(truthOf(fleet)).toEqual([]);
  });

  test('tells the begun faults only, open until their end has come', () => {
    const fleet = demoFleet(NOW);
    expect(truthOf(fleet)).toEqual([]);
    fleet.skip(NOW - 2 * MINUTE_MS - 30 * HOUR_MS);
    const early = truthOf(fleet);
    expect(early.find(({ asset }) => asset === 'circuit-5')).toMatchObject({
      rule: 'CircuitOut',
      to: null,
    });
    expect(early.find(({ asset }) => asset === 'lamp-020')).toMatchObject({ rule: 'LampOut' });
    expect(early.some(({ asset }) => asset === 'pump-05')).toBe(false);
    fleet.skip(NOW - 29.5 * HOUR_MS);
    const dry = truthOf(fleet).find(({ asset }) => asset === 'pump-05');
    expect(dry).toEqual({
      rule: 'PumpDryRun',
      fault: 'pump_dry_run',
      asset: 'pump-05',
      from: '2026-11-22T20:00:00.000Z',
      to: null,
      // With its first report.
      observable: '2026-11-22T20:00:06.402Z',
    });
    fleet.skip(NOW);
    expect(truthOf(fleet).find(({ asset }) => asset === 'pump-05')?.to).toBe('2026-11-22T20:50:00.000Z');
  });

  test('a circuit takes its lamps with it, a gateway what it carries', () => {
    const fleet = demoFleet(NOW);
    fleet.skip(NOW);
    const members = (asset: string): readonly string[] =>
      truthOf(fleet).find((truth) => truth.asset === asset)?.members ?? [];
    expect(members('circuit-5')).toHaveLength(15);
    expect(members('circuit-5')).toContain('lamp-061');
    expect(members('gw-7')).toHaveLength(14);
    expect(members('gw-7')).toContain('bay-106');
  });
});
