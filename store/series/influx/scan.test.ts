import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../../../test/engines.testkit.ts';
import type { ScanQuery } from '../contract.ts';
import { minutes, NOW } from '../points.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { opener } from './opening.testkit.ts';

const POINTS = 300;
const MINUTE = 60_000;
const QUERY: ScanQuery = {
  measurement: 'pump',
  fields: ['power_w'],
  from: NOW,
  to: NOW + POINTS * MINUTE,
  signsOfLife: false,
};
const ALL = Array.from({ length: POINTS }, (_, i) => i);
const never = new AbortController().signal;

describe.skipIf(isMissing('influxd'))('many points out of InfluxDB', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd('  max-row-limit = 40');
  });
  afterAll(() => influxd?.end());
  const open = opener(() => influxd.url);

  it('are all read where the engine cuts its answers off', async () => {
    const store = await open();
    await store.write(minutes(POINTS), 1, never);
    const { values } = await store.scan(QUERY);
    expect([...values[0]!]).toEqual(ALL);
  });

  it('are read when the engine was away for a moment', async () => {
    const store = await open();
    await influxd.kill();
    const scanned = store.scan(QUERY);
    await influxd.start();
    expect([...(await scanned).values[0]!]).toEqual(ALL);
  });

  it('say that the engine is away, and what to do', async () => {
    const store = await open();
    await influxd.kill();
    await expect(store.scan(QUERY)).rejects.toMatchObject({
      code: 'series_unavailable',
      message: expect.stringMatching(
        /^InfluxDB 1 http.*; start it or correct series\.url, and run this again/,
      ),
    });
    await influxd.start();
  });

  it('say at once what the engine refuses', async () => {
    const store = await open();
    await influxd.query('DROP DATABASE "steward"');
    await expect(store.scan(QUERY)).rejects.toMatchObject({
      code: 'series_unavailable',
      message: expect.stringContaining('database not found: steward; check series.database'),
    });
  });
});
