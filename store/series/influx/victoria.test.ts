import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

    it('takes our lines with their tags, values and milliseconds', async () => {
      const now = Date.now() - 3_600_000;
      const points = Array.from({ length: 3_000 }, (_, i) =>
        pump(`p${i % 3}`, now + i, { power_w: i / 4, flow_m3_h: -i }),
      );
      const send = httpSender({ target: writeTarget2(url, 'steward', 'estate'), timeoutMs: 5_000 });
      const { signal } = new AbortController();
      const settled = await settlePoints(points, (part) => send(encodeLines(part), signal));
      expect(settled).toEqual({ stored: 3_000, rejected: [], keep: [] });
      await fetch(`${url}/internal/force_flush`);
      const asked = new URLSearchParams({ 'match[]': 'pump_power_w', start: String((now - 1_000) / 1_000) });
      const text = await (await fetch(`${url}/api/v1/export?${asked}`)).text();
      const series = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Exported);
      expect(series.map((each) => each.metric['asset']).sort()).toEqual(['p0', 'p1', 'p2']);
      for (const { metric, values, timestamps } of series) {
        expect(metric).toMatchObject({ site: 'north', zone: 'cellar' });
        const own = points.filter((point) => point.tags['asset'] === metric['asset']);
        expect(timestamps).toEqual(own.map((point) => point.ts));
        expect(values).toEqual(own.map((point) => point.fields['power_w']));
      }
    });
  },
);
