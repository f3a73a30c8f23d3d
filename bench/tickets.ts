import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { demoDeviceSecret, demoPassword } from '../app/demo-credentials.ts';
import { startFleet } from './fleet.ts';
import { type StewardProcess, startStewardProcess } from './steward-process.ts';

const BUSY_PUMPS = 1_000;
const PER_SECOND = 10_000;
const WARM_UP_MS = 10_000;
/** Pumps that break, one after the other. */
const FAULTS = 500;
const BETWEEN_MS = 60;
const LATEST_MS = 10_000;

/** Fires with the very sample that it sees, so that no hold is measured. */
const RULE = `groups:
  - name: bench
    rules:
      - rule: Broken
        on: pump
        when: power_w > 50000.0
        severity: critical
        ticket: { title: "{asset.id} is broken" }
`;

interface Api {
  /** Resolves when it listens; calls back with the asset of each fault that begins, as soon as the event stream tells it. */
  listen(onFault: (asset: string) => void, signal: AbortSignal): Promise<void>;
  hasTicket(asset: string): Promise<boolean>;
}

async function hear(body: ReadableStream<Uint8Array>, onFault: (asset: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const events = `${rest}${chunk}`.split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const data = /^event: fault\ndata: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const { asset, active } = JSON.parse(data) as { asset: string; active: boolean };
      if (active) onFault(asset);
    }
  }
}

function apiOf({ httpUrl, secret }: StewardProcess): Api {
  const password = demoPassword({ secret: Buffer.from(secret, 'hex') }, 'boss');
  const headers = { authorization: `Basic ${Buffer.from(`boss:${password}`).toString('base64')}` };
  const get = async (path: string, signal?: AbortSignal): Promise<Response> => {
    const response = await fetch(`${httpUrl}${path}`, { headers, ...(signal ? { signal } : {}) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    listen: async (onFault, signal) => {
      const { body } = await get('/api/v1/events', signal);
      hear(body!, onFault).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    hasTicket: async (asset) => {
      const answer = await get(`/api/v1/tickets?asset=${asset}`);
      return ((await answer.json()) as { items: readonly unknown[] }).items.length > 0;
    },
  };
}

/** Breaks pumps one after the other; answers how long each took to have a ticket on the API, milliseconds. */
async function breakPumps(steward: StewardProcess, say: (line: string) => void): Promise<number[]> {
  const api = apiOf(steward);
  const told = new Map<string, () => void>();
  const ended = new AbortController();
  await api.listen((asset) => told.get(asset)?.(), ended.signal);
  const took: number[] = [];
  const breakOne = async (number: number): Promise<void> => {
    const asset = `p-${number}`;
    const user = `dev-${asset}`;
    const client = await connectAsync({
      port: steward.mqttPort,
      clientId: user,
      username: user,
      password: demoDeviceSecret({ secret: Buffer.from(steward.secret, 'hex') }, user),
    });
    const heard = new Promise<void>((resolve) => told.set(asset, resolve));
    const sent = performance.now();
    client.publish(`site/bench/pump/${asset}/telemetry`, '{"power_w":60000}', { qos: 1 });
    await Promise.race([heard, sleep(LATEST_MS, undefined, { ref: false })]);
    if (!(await api.hasTicket(asset))) throw new Error(`${asset} has no ticket after ${LATEST_MS} ms`);
    took.push(performance.now() - sent);
    await client.endAsync();
  };
  const all: Promise<void>[] = [];
  for (let i = 1; i <= FAULTS; i++) {
    all.push(breakOne(BUSY_PUMPS + i));
    await sleep(BETWEEN_MS);
  }
  await Promise.all(all);
  ended.abort();
  say(`${took.length} faults, each with its ticket`);
  return took.sort((a, b) => a - b);
}

/** From the publishing of the sample that completes a fault to its ticket in `GET /api/v1/tickets`, under load. */
export async function benchTickets(say: (line: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-rules-'));
  const rules = join(folder, 'broken.yaml');
  writeFileSync(rules, RULE);
  const steward = await startStewardProcess(BUSY_PUMPS + FAULTS, { STEWARD_RULES_FILES: rules });
  try {
    const fleet = await startFleet(steward, BUSY_PUMPS, 1);
    fleet.publish(PER_SECOND);
    await sleep(WARM_UP_MS);
    const took = await breakPumps(steward, say);
    const report = await fleet.stop();
    await fleet.end();
    const at = (share: number): number => Math.round(took[Math.ceil(took.length * share) - 1]! * 10) / 10;
    const figures = {
      readings_per_s: report.perSecond,
      tickets: took.length,
      ticket_p50_ms: at(0.5),
      ticket_p99_ms: at(0.99),
      ticket_max_ms: at(1),
    };
    say(`beside ${figures.readings_per_s} readings/s under all shipped rules`);
    say(
      `ticket after ${figures.ticket_p50_ms} ms (half), ${figures.ticket_p99_ms} ms (99 in 100), ${figures.ticket_max_ms} ms (all)`,
    );
    return figures;
  } finally {
    await steward.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
