import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../../test/engines.testkit.ts';
import { minutes } from '../points.testkit.ts';
import { startInfluxd } from './influxd.testkit.ts';
import { opener } from './opening.testkit.ts';
import { retryAfterMs } from './sender.ts';

const signal = new AbortController().signal;
const open = opener(() => {
  throw new Error('every test names its server');
});

describe.skipIf(isMissing('influxd'))('an outage', () => {
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
    const server = await startInfluxd();
    try {
      const store = await open({ url: server.url, database: 'dropped' });
      await store.write(minutes(3), 0, signal);
      await server.query('DROP DATABASE dropped');
      const settled = await store.write(minutes(3), 0, signal);
      expect(settled).toMatchObject({ stored: 0, rejected: [] });
      expect((await store.write(settled.keep, 0, signal)).stored).toBe(3);
    } finally {
      await server.end();
    }
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
