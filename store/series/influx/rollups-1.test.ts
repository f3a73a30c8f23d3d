import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../model/clock.ts';
import { isMissing } from '../../../test/engines.testkit.ts';
import { pump } from '../points.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { opener } from './opening.testkit.ts';

const signal = new AbortController().signal;
let influxd: Influxd;
const open = opener(() => influxd.url);

interface Answer {
  readonly results: readonly {
    readonly series?: readonly {
      readonly name: string;
      readonly values: readonly (readonly unknown[])[];
    }[];
  }[];
}

describe.skipIf(isMissing('influxd'))('roll-ups that InfluxDB 1.x keeps itself', () => {
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(() => influxd?.end());

  it('are set up once for what sensors measure, and for nothing else', async () => {
    await open({ database: 'setup' });
    await open({ database: 'setup' });
    const { results } = (await influxd.query('SHOW CONTINUOUS QUERIES')) as Answer;
    const own = results[0]?.series?.find((each) => each.name === 'setup')?.values.map(([name]) => name) ?? [];
    expect(own).toContain('steward_pump_1h');
    expect(own).toContain('steward_luminaire_1d');
    expect(own.filter((name) => /fault|ticket/.test(String(name)))).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
  });

  it('would hold the mean of the hour', async () => {
    const store = await open({ database: 'means' });
    const begin = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const points = [10, 20, 60].map((power_w, i) => pump('p1', begin + i * MINUTE_MS, { power_w }));
    expect((await store.write(points, 0, signal)).stored).toBe(3);
    // InfluxDB runs it at the next full hour, and nothing makes it hurry: its own text is run for that hour by hand.
    const { results } = (await influxd.query('SHOW CONTINUOUS QUERIES')) as Answer;
    const queries = results[0]?.series?.find((each) => each.name === 'means')?.values ?? [];
    const text = String(queries.find(([name]) => name === 'steward_pump_1h')?.[1]);
    const select = /BEGIN (.*) END$/.exec(text)?.[1] ?? '';
    const span = `WHERE time >= ${begin}ms AND time < ${begin + HOUR_MS}ms GROUP BY`;
    await influxd.query(select.replace('GROUP BY', span), 'means');
    const question = 'SELECT mean_power_w FROM "hourly"."pump_1h" WHERE asset = \'p1\'';
    const held = (await influxd.query(question, 'means')) as Answer;
    expect(held.results[0]?.series?.[0]?.values).toEqual([[begin, 30]]);
    expect(await store.count('pump')).toBe(3);
  });
});
