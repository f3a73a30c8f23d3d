import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../../../test/engines.testkit.ts';
import { type SeriesUnderTest, seriesConformance } from '../conformance.testkit.ts';
import { minutes } from '../points.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { opener } from './opening.testkit.ts';
import { openInfluxSeries } from './store.ts';

const signal = new AbortController().signal;
let influxd: Influxd;
const open = opener(() => influxd.url);

describe.skipIf(isMissing('influxd'))('a real InfluxDB', () => {
  let databases = 0;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(() => influxd?.end());

  async function start(maxSeries?: number): Promise<SeriesUnderTest> {
    databases += 1;
    const database = `conformance_${databases}`;
    const store = await open({ database, maxSeries });
    return {
      store,
      async reopen() {
        await store.close();
        return open({ database, maxSeries });
      },
      end: async () => {
        await influxd.query(`DROP DATABASE ${database}`);
      },
    };
  }

  seriesConformance('InfluxDB 1.6.7', start);

  it('does not claim to know the journal', async () => {
    expect(await (await open()).position()).toBeUndefined();
  });

  describe('InfluxDB configured otherwise', () => {
    it('takes a batch larger than its limit in parts', async () => {
      const small = await startInfluxd('  max-body-size = 20000\n');
      try {
        const store = await open({ url: small.url });
        expect(await store.write(minutes(2_000), 0, signal)).toEqual({
          stored: 2_000,
          rejected: [],
          keep: [],
        });
        expect(await store.count('pump')).toBe(2_000);
      } finally {
        await small.end();
      }
    });

    it('keeps everything while the password is wrong, stores with the right one', async () => {
      const guarded = await startInfluxd('  auth-enabled = true\n');
      try {
        await guarded.query("CREATE USER admin WITH PASSWORD 'right' WITH ALL PRIVILEGES");
        const wrong = await open({ url: guarded.url, user: 'admin', password: 'wrong' });
        const settled = await wrong.write(minutes(2), 0, signal);
        expect(settled).toMatchObject({ stored: 0, rejected: [] });
        expect(settled.keep.length).toBe(2);
        expect((await wrong.health()).ok).toBe(false);
        const right = await open({ url: guarded.url, user: 'admin', password: 'right' });
        expect((await right.write(minutes(2), 0, signal)).stored).toBe(2);
        expect(await right.count('pump')).toBe(2);
        expect((await right.health()).ok).toBe(true);
      } finally {
        await guarded.end();
      }
    });
  });
});

describe('options', () => {
  it.each([
    { url: 'influx.example' },
    { url: 'ftp://influx.example' },
    { url: 'http://influx.example', retention: '90 days; DROP DATABASE steward' },
  ])('%o is refused with a code', async (options) => {
    await expect(openInfluxSeries(options)).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
