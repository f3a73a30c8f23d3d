import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import { isMissing } from '../../../test/engines.testkit.ts';
import { pump } from '../points.testkit.ts';
import { encodeLines } from './lines.ts';
import { httpSender, writeTarget2 } from './sender.ts';
import { settlePoints } from './settle.ts';

let url = '';
let end = async (): Promise<void> => undefined;

async function startVictoria(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-victoria-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
  const flags = [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${address.port}`];
  const child = spawn('victoria-metrics', [...flags, '-retentionPeriod=1'], { stdio: 'ignore' });
  end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true });
  };
  for (let tries = 0; tries < 400 && child.exitCode === null; tries++) {
    if (
      await fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    // There is no event to await in another process.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('victoria-metrics does not answer');
}

interface Exported {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}

describe.skipIf(isMissing('victoria-metrics'))(
  '/api/v2/write of another maker: a real VictoriaMetrics',
  () => {
    beforeAll(startVictoria);
    afterAll(() => end());

    const write = (points: readonly Point[], signal = new AbortController().signal) => {
      const send = httpSender({ target: writeTarget2(url, 'steward', 'estate'), timeoutMs: 5_000 });
      return settlePoints(points, (part) => send(encodeLines(part), signal));
    };
    /** What is stored of a metric, one entry for each series. */
    const exported = async (metric: string): Promise<readonly Exported[]> => {
      await fetch(`${url}/internal/force_flush`);
      const asked = new URLSearchParams({ 'match[]': metric, start: '0' });
      const text = await (await fetch(`${url}/api/v1/export?${asked}`)).text();
      const lines = text.trim().split('\n');
      return lines.map((line) => JSON.parse(line) as Exported);
    };

    it('takes our lines with their tags, values and milliseconds', async () => {
      const now = Date.now() - 3_600_000;
      const points = Array.from({ length: 3_000 }, (_, i) =>
        pump(`p${i % 3}`, now + i, { power_w: i / 4, flow_m3_h: -i }),
      );
      expect(await write(points)).toEqual({ stored: 3_000, rejected: [], keep: [] });
      const series = await exported('pump_power_w');
      expect(series.map((each) => each.metric['asset']).sort()).toEqual(['p0', 'p1', 'p2']);
      for (const { metric, values, timestamps } of series) {
        expect(metric).toMatchObject({ site: 'north', zone: 'cellar' });
        const own = points.filter((point) => point.tags['asset'] === metric['asset']);
        expect(timestamps).toEqual(own.map((point) => point.ts));
        expect(values).toEqual(own.map((point) => point.fields['power_w']));
      }
    });

    it('takes late buffers of many assets at the same time, backwards too, after a write that was called off', async () => {
      const hourAgo = Date.now() - 3_600_000;
      const buffers = [0, 1, 2].map((buffer) =>
        Array.from({ length: 4_000 }, (_, i) =>
          pump(`q${i % 20}`, hourAgo - buffer * 600_000 - i, { vibration_mm_s: i / 8 }),
        ),
      );
      const off = await write(buffers[0]!, AbortSignal.abort());
      expect(off).toMatchObject({ stored: 0, rejected: [], keep: buffers[0] });
      const settled = await Promise.all(buffers.map((points) => write(points)));
      for (const each of settled) expect(each).toEqual({ stored: 4_000, rejected: [], keep: [] });
      const series = await exported('pump_vibration_mm_s');
      expect(series.length).toBe(20);
      for (const { metric, values, timestamps } of series) {
        const own = buffers.flat().filter((point) => point.tags['asset'] === metric['asset']);
        own.sort((a, b) => a.ts - b.ts);
        expect(timestamps).toEqual(own.map((point) => point.ts));
        expect(values).toEqual(own.map((point) => point.fields['vibration_mm_s']));
      }
    });
  },
);
