import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import { type SeriesUnderTest, seriesConformance } from '../conformance.testkit.ts';
import type { SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { type Line, lineOf } from './lines.ts';
import { httpSender, type Reply, retryAfterMs, type Sender } from './sender.ts';
import { settleLines } from './settle.ts';
import { type InfluxSeriesOptions, openInfluxSeries } from './store.ts';

const signal = new AbortController().signal;
let influxd: Influxd;
let databases = 0;
const stores: SeriesStore[] = [];

beforeAll(async () => {
  influxd = await startInfluxd();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => influxd?.end());

async function open(options: Partial<InfluxSeriesOptions> = {}): Promise<SeriesStore> {
  const store = await openInfluxSeries({ url: influxd.url, ...options });
  stores.push(store);
  return store;
}

async function start(): Promise<SeriesUnderTest> {
  databases += 1;
  const database = `conformance_${databases}`;
  const reopen = () => open({ database });
  return {
    store: await reopen(),
    reopen,
    end: async () => {
      await influxd.query(`DROP DATABASE ${database}`);
    },
  };
}

seriesConformance('InfluxDB 1.6.7', start);

function minutes(count: number, from = NOW): Point[] {
  return Array.from({ length: count }, (_, i) => pump('p1', from + i * 60_000, { power_w: i }));
}

/** Settles lines against the real server and notes its replies. */
async function settledAt(database: string, lines: readonly Line[]) {
  const http = httpSender({ url: influxd.url, database, timeoutMs: 5_000 });
  const replies: Reply[] = [];
  const noting: Sender = async (body, stop) => {
    const reply = await http(body, stop);
    replies.push(reply);
    return reply;
  };
  return { settled: await settleLines(lines, noting, signal), replies };
}

describe('InfluxDB refuses', () => {
  it('a field of another type: those points are rejected, the rest is stored', async () => {
    const store = await open({ database: 'conflict' });
    await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p0 flow_m3_h=1i ${NOW}`, 'conflict');
    const points = minutes(1_000);
    points[123] = pump('p1', NOW + 1, { flow_m3_h: 1 });
    points[877] = pump('p1', NOW + 2, { flow_m3_h: 1 });
    const settled = await store.write(points, 0, signal);
    expect(settled).toMatchObject({ stored: 998, keep: [] });
    expect(settled.rejected.map((each) => each.point)).toEqual([points[123], points[877]]);
    expect(settled.rejected[0]?.reason).toMatch(/field type conflict/);
    expect(await store.count('pump')).toBe(999);
  });

  it('a field of another type in a third of the points, without a request for each', async () => {
    const store = await open({ database: 'conflicts' });
    await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p0 flow_m3_h=1i ${NOW}`, 'conflicts');
    const points = minutes(4_500).map((point, i) =>
      i % 3 === 0 ? { ...point, fields: { power_w: 1, flow_m3_h: 2 } } : point,
    );
    const { settled, replies } = await settledAt('conflicts', points.map(lineOf));
    expect(settled).toMatchObject({ stored: 3_000, keep: [] });
    expect(settled.rejected.length).toBe(1_500);
    expect(await store.count('pump')).toBe(3_001);
    expect(replies.length).toBeLessThan(30);
  });

  it('points older than the retention', async () => {
    const store = await open({ database: 'short_lived', retention: '24h' });
    const now = Date.now();
    const old = minutes(3, now - 72 * 3_600_000);
    const settled = await store.write([...old, ...minutes(5, now - 600_000)], 0, signal);
    expect(settled.stored).toBe(5);
    expect(settled.rejected.map((each) => each.point)).toEqual(old);
    expect(settled.rejected[0]?.reason).toMatch(/retention/);
    const policies = await influxd.query('SHOW RETENTION POLICIES ON short_lived');
    expect(JSON.stringify(policies)).toContain('24h0m0s');
  });

  it('a malformed line with `dropped=0`: it alone is rejected', async () => {
    await open({ database: 'malformed' });
    const lines = minutes(500).map(lineOf);
    lines[250] = { point: lines[250]!.point, text: 'pump,site=north power_w=?? 1' };
    const { settled, replies } = await settledAt('malformed', lines);
    expect(replies[0]).toMatchObject({ kind: 'refused', reason: expect.stringContaining('dropped=0') });
    expect(settled).toMatchObject({ stored: 499, keep: [] });
    expect(settled.rejected).toMatchObject([{ point: lines[250].point }]);
    expect(settled.rejected[0]?.reason).toContain('unable to parse');
    expect(replies.length).toBeLessThan(25);
  });
});

describe('the last write of a point wins', () => {
  it('also when a bad line makes the batch go in parts', async () => {
    const store = await open({ database: 'order' });
    await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p0 flow_m3_h=1i ${NOW}`, 'order');
    const bad = pump('p1', NOW, { flow_m3_h: 1 });
    const points = [1, 2, 3, 4].map((power_w) => pump('p1', NOW, { power_w }));
    expect((await store.write([...points, bad], 0, signal)).stored).toBe(4);
    const [row] = await store.window({
      measurement: 'pump',
      fields: ['power_w'],
      where: {},
      from: NOW,
      to: NOW + 1,
    });
    expect(row?.values).toEqual({ power_w: 4 });
  });
});

describe('InfluxDB configured otherwise', () => {
  it('takes a batch larger than its limit in parts', async () => {
    const small = await startInfluxd('  max-body-size = 20000\n');
    try {
      const store = await open({ url: small.url });
      expect(await store.write(minutes(2_000), 0, signal)).toEqual({ stored: 2_000, rejected: [], keep: [] });
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

describe('an outage', () => {
  it('keeps every point until InfluxDB is back, and loses none that was stored', async () => {
    const server = await startInfluxd();
    try {
      const store = await open({ url: server.url });
      expect((await store.write(minutes(10), 0, signal)).stored).toBe(10);
      await server.kill();
      expect((await store.health()).ok).toBe(false);
      const more = minutes(20);
      const settled = await store.write(more, 0, signal);
      expect(settled).toMatchObject({ stored: 0, rejected: [], keep: more });
      expect(settled.retryAfterMs).toBeGreaterThan(0);
      expect(settled.reason).toBeTruthy();
      await expect(store.count('pump')).rejects.toThrow();
      await server.start();
      expect(await store.write(settled.keep, 0, signal)).toEqual({ stored: 20, rejected: [], keep: [] });
      expect(await store.count('pump')).toBe(20);
      expect((await store.health()).ok).toBe(true);
    } finally {
      await server.end();
    }
  });

  it('at the start is no error: the database is made when the server comes', async () => {
    const server = await startInfluxd();
    try {
      await server.kill();
      const store = await open({ url: server.url, database: 'later' });
      expect(await store.health()).toMatchObject({ ok: false });
      expect((await store.write(minutes(1), 0, signal)).keep.length).toBe(1);
      await server.start();
      expect((await store.health()).ok).toBe(true);
      expect(JSON.stringify(await server.query('SHOW DATABASES'))).toContain('later');
      expect((await store.write(minutes(1), 0, signal)).stored).toBe(1);
    } finally {
      await server.end();
    }
  });

  it('a database that somebody dropped is made again', async () => {
    const store = await open({ database: 'dropped' });
    await store.write(minutes(3), 0, signal);
    await influxd.query('DROP DATABASE dropped');
    const settled = await store.write(minutes(3), 0, signal);
    expect(settled).toMatchObject({ stored: 0, rejected: [] });
    expect((await store.write(settled.keep, 0, signal)).stored).toBe(3);
  });
});

/**
 * FAULT SERVER: not InfluxDB. Gives the answers that a real 1.6.7 cannot be made to give on demand: a proxy's 429 and
 * 503 with `Retry-After`, and silence.
 */
async function faultServer(answer: { status: number; retryAfter?: string } | 'silence') {
  const server = createServer((request, response) => {
    request.resume();
    if (answer === 'silence' && request.url?.startsWith('/write')) return;
    if (answer === 'silence' || !request.url?.startsWith('/write')) {
      response.end('{"results":[{}]}');
      return;
    }
    if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter);
    response.writeHead(answer.status).end('<html>busy</html>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, [Symbol.dispose]: () => server.closeAllConnections() ?? server.close() };
}

describe('a server that asks to wait (fault server)', () => {
  it.each([
    [{ status: 429, retryAfter: '7' }, 7_000],
    [{ status: 503, retryAfter: '2' }, 2_000],
    [{ status: 503 }, 1_000],
    [{ status: 500 }, 1_000],
    [{ status: 429, retryAfter: '999999' }, 300_000],
  ])('%o: keeps everything for %i ms', async (answer, wait) => {
    using server = await faultServer(answer);
    const store = await open({ url: server.url });
    const points = minutes(3);
    expect(await store.write(points, 0, signal)).toMatchObject({
      stored: 0,
      rejected: [],
      keep: points,
      retryAfterMs: wait,
    });
    expect((await store.health()).ok).toBe(false);
  });

  it('silence is an answer too, after the time-out', async () => {
    using server = await faultServer('silence');
    const store = await open({ url: server.url, timeoutMs: 200 });
    expect(await store.write(minutes(2), 0, signal)).toMatchObject({ stored: 0, rejected: [] });
  });

  it('a write that is called off keeps its points at once', async () => {
    using server = await faultServer('silence');
    const store = await open({ url: server.url });
    const stop = new AbortController();
    const writing = store.write(minutes(2), 0, stop.signal);
    setImmediate(() => stop.abort());
    expect((await writing).keep.length).toBe(2);
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:05 GMT', now)).toBe(0);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(null, now)).toBeUndefined();
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

  it('does not claim to know the journal', async () => {
    expect(await (await open()).position()).toBeUndefined();
  });
});
