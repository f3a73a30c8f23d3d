import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isMissing } from '../../../test/engines.testkit.ts';
import { seriesConformance } from '../conformance.testkit.ts';
import type { SeriesStore } from '../contract.ts';
import { minutes, NOW, pump } from '../points.testkit.ts';
import { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { encodeLines } from './lines.ts';
import { opener } from './opening.testkit.ts';
import type { InfluxSeriesOptions } from './options.ts';
import { httpSender, writeTarget2 } from './sender.ts';
import { settlePoints } from './settle.ts';

const signal = new AbortController().signal;
let influxd: Influxd;
let server: FaultServer;
let databases = 0;
let database = '';
const open = opener(() => server.url);

async function serve(options: Partial<FaultServerOptions> & { version: 2 | 3 }): Promise<void> {
  await server?.end();
  server = await startFaultServer({ engine: influxd.url, token: 'secret', ...options });
  databases += 1;
  database = `v${options.version}_${databases}`;
}

function openOf(version: 2 | 3, more: Partial<InfluxSeriesOptions> = {}): Promise<SeriesStore> {
  return open({ version, database, org: 'estate', token: 'secret', ...more });
}

describe.skipIf(isMissing('influxd'))('InfluxDB 2 and 3 (fault server before a real InfluxDB 1.x)', () => {
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await server?.end();
    await influxd?.end();
  });

  for (const version of [2, 3] as const) {
    seriesConformance(`simulated InfluxDB ${version}`, async (maxSeries) => {
      await serve({ version });
      const store = await openOf(version, { maxSeries });
      const reopen = () => store.close().then(() => openOf(version, { maxSeries }));
      return { store, reopen, end: async () => undefined };
    });

    describe(`what version ${version} answers`, () => {
      afterEach(async () => {
        server.faults.length = 0;
      });

      it.each([
        [{ status: 429, retryAfter: '7' }, 7_000],
        [{ status: 503, retryAfter: '2' }, 2_000],
        [{ status: 503 }, 1_000],
        [{ status: 500 }, 1_000],
        [{ status: 401 }, 30_000],
        [{ status: 403 }, 30_000],
        [{ status: 404 }, 1_000],
        [{ status: 202 }, 1_000],
      ])('%o: keeps every point for %i ms, says why, stores them later', async (fault, wait) => {
        await serve({ version });
        const store = await openOf(version);
        server.faults.push(fault);
        const points = minutes(5);
        const kept = await store.write(points, 0, signal);
        expect(kept).toMatchObject({ stored: 0, rejected: [], keep: points, retryAfterMs: wait });
        expect(await store.health()).toMatchObject({
          ok: false,
          detail: expect.stringContaining(String(fault.status)),
        });
        expect(await store.write(kept.keep, 0, signal)).toMatchObject({ stored: 5, keep: [] });
        expect(await store.count('pump')).toBe(5);
        expect((await store.health()).ok).toBe(true);
      });

      it('keeps the rest when it tires in the middle', async () => {
        await serve({ version });
        const store = await openOf(version);
        server.faults.push({ status: 204 }, { status: 503, retryAfter: '3' });
        const settled = await store.write(minutes(12_000), 0, signal);
        expect(settled).toMatchObject({ stored: 5_000, rejected: [], retryAfterMs: 3_000 });
        expect(settled.keep.length).toBe(7_000);
      });

      it('halves what is too large', async () => {
        await serve({ version, maxBody: 20_000 });
        const store = await openOf(version);
        expect(await store.write(minutes(2_000), 0, signal)).toMatchObject({ stored: 2_000, keep: [] });
        expect(await store.count('pump')).toBe(2_000);
      });

      it('rejects points of another type one by one, stores the rest', async () => {
        await serve({ version });
        const store = await openOf(version);
        await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p0 flow_m3_h=1i ${NOW}`, database);
        const points = minutes(1_000);
        for (const i of [123, 877]) points[i] = pump('p1', NOW + i, { flow_m3_h: 1 });
        const settled = await store.write(points, 0, signal);
        expect(settled).toMatchObject({ stored: 998, keep: [] });
        expect(settled.rejected.map((each) => each.point)).toEqual([points[123], points[877]]);
        for (const each of settled.rejected) expect(each.reason).toMatch(/field type conflict/);
        expect(await store.count('pump')).toBe(999);
      });

      it('finds the malformed line', async () => {
        await serve({ version });
        await openOf(version);
        const points = minutes(500);
        points[250] = pump('p1', NOW, { power_w: Number.NaN });
        const target = writeTarget2(server.url, database, 'estate');
        const send = httpSender({ target, authorization: 'Token secret', timeoutMs: 5_000 });
        const settled = await settlePoints(points, (part) => send(encodeLines(part), signal));
        expect(settled).toMatchObject({ stored: 499, keep: [] });
        expect(settled.rejected).toMatchObject([{ point: points[250] }]);
        expect(settled.rejected[0]?.reason).toContain('unable to parse');
      });

      it('holds everything for a wrong token and says so', async () => {
        await serve({ version });
        const store = await openOf(version, { token: 'wrong' });
        const settled = await store.write(minutes(2), 0, signal);
        expect(settled).toMatchObject({ stored: 0, rejected: [] });
        expect(settled.keep.length).toBe(2);
        expect(settled.reason).toMatch(/401: unauthorized/);
        expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringMatching(/401/) });
      });

      it('works with a token that may only read and write, once somebody made the bucket', async () => {
        await serve({ version });
        await openOf(version);
        const buckets = [...server.buckets];
        await serve({ version, mayAdminister: false });
        for (const [name, bucket] of buckets) {
          database = name;
          server.buckets.set(name, bucket);
        }
        const store = await openOf(version);
        expect(await store.write(minutes(2), 0, signal)).toMatchObject({ stored: 2 });
        expect(await store.count('pump')).toBe(2);
      });
    });
  }

  it('2: makes bucket, retention and mapping once; a changed retention is changed there', async () => {
    await serve({ version: 2 });
    await openOf(2, { retention: '90d' });
    expect(server.buckets.get(database)).toMatchObject({
      mapped: true,
      retentionRules: [{ everySeconds: 90 * 86_400 }],
    });
    await openOf(2, { retention: '52w' });
    expect(server.buckets.get(database)?.retentionRules).toMatchObject([{ everySeconds: 364 * 86_400 }]);
    const made = (what: string) => server.calls.filter((call) => call === `POST /api/v2/${what}`).length;
    // The bucket and those of its hourly and daily means.
    expect([made('buckets'), made('dbrps'), made('tasks')]).toEqual([3, 3, 2]);
  });

  it('2: has the server keep hourly and daily means for ever, of what sensors measure', async () => {
    await serve({ version: 2 });
    await openOf(2, { retention: '30d' });
    for (const [suffix, every] of [
      ['hourly', '1h'],
      ['daily', '1d'],
    ] as const) {
      expect(server.buckets.get(`${database}_${suffix}`)).toMatchObject({ mapped: true, retentionRules: [] });
      const flux = server.tasks.get(`steward_${database}_${suffix}`) ?? '';
      expect(flux).toContain(`every: ${every}`);
      expect(flux).toContain(`from(bucket: "${database}")`);
      expect(flux).toContain(`to(bucket: "${database}_${suffix}"`);
      expect(flux).toContain('"pump"');
      expect(flux).not.toMatch(/"fault"|"ticket"/);
    }
  });

  it('2: a bucket that is not there and cannot be made holds everything', async () => {
    await serve({ version: 2, mayAdminister: false });
    const store = await openOf(2);
    const settled = await store.write(minutes(3), 0, signal);
    expect(settled).toMatchObject({ stored: 0, rejected: [] });
    expect(settled.reason).toMatch(/404: bucket/);
  });

  it('2: an organisation that is not there is told', async () => {
    await serve({ version: 2 });
    const store = await openOf(2, { org: 'nobody' });
    expect(await store.health()).toMatchObject({ ok: false, detail: expect.stringContaining('nobody') });
  });

  it('3: makes the database with its retention', async () => {
    await serve({ version: 3 });
    await openOf(3, { retention: '30d' });
    expect(server.buckets.get(database)?.retentionRules).toEqual([{ everySeconds: 30 * 86_400 }]);
  });

  it('3: a partial success (201) is none; more bad lines than it names are found', async () => {
    await serve({ version: 3, partialStatus: 201 });
    const store = await openOf(3);
    await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p0 flow_m3_h=1i ${NOW}`, database);
    const points = minutes(400).map((point, i) =>
      i % 3 === 0 ? { ...point, fields: { flow_m3_h: 2 } } : point,
    );
    const settled = await store.write(points, 0, signal);
    expect(settled).toMatchObject({ stored: 266, keep: [] });
    expect(settled.rejected.map((each) => each.point)).toEqual(points.filter((_, i) => i % 3 === 0));
    expect(await store.count('pump')).toBe(267);
  });
});
