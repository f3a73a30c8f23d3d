import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import { isMissing } from '../../../test/engines.testkit.ts';
import { minutes, NOW, pump } from '../points.testkit.ts';
import { type Influxd, startInfluxd } from './influxd.testkit.ts';
import { encodeLines } from './lines.ts';
import { opener } from './opening.testkit.ts';
import { httpSender, type Reply, writeTarget1 } from './sender.ts';
import { settlePoints } from './settle.ts';

const signal = new AbortController().signal;
let influxd: Influxd;
const open = opener(() => influxd.url);

/** Settles points against the real server and notes its replies. */
async function settledAt(database: string, points: readonly Point[]) {
  const send = httpSender({ target: writeTarget1(influxd.url, database), timeoutMs: 5_000 });
  const replies: Reply[] = [];
  const settled = await settlePoints(points, async (part) => {
    const reply = await send(encodeLines(part), signal);
    replies.push(reply);
    return reply;
  });
  return { settled, replies };
}

describe.skipIf(isMissing('influxd'))('a batch that InfluxDB does not take whole', () => {
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(() => influxd?.end());

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
      const { settled, replies } = await settledAt('conflicts', points);
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
      const points = minutes(500);
      points[250] = pump('p1', NOW, { power_w: Number.NaN });
      const { settled, replies } = await settledAt('malformed', points);
      expect(replies[0]).toMatchObject({ kind: 'refused', reason: expect.stringContaining('dropped=0') });
      expect(settled).toMatchObject({ stored: 499, keep: [] });
      expect(settled.rejected).toMatchObject([{ point: points[250] }]);
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
});
