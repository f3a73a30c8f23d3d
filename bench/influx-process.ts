import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real InfluxDB 1.x on loopback. */
export interface InfluxProcess {
  readonly url: string;
  /** Where its data and its log lie. */
  readonly folder: string;
  /** Ends it as a crash would; its data stays. */
  kill(): Promise<void>;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** First row of a query's answer, without its time. */
  ask(query: string): Promise<readonly number[]>;
  end(): Promise<void>;
}

const START_MS = 60_000;
const POLL_MS = 50;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < START_MS; waited += POLL_MS) {
    if (child.exitCode !== null) throw new Error(`influxd ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/ping`).catch(() => undefined);
    if (answer?.status === 204) return;
    await sleep(POLL_MS);
  }
  throw new Error('influxd does not answer');
}

/** `data`: more lines for the `[data]` section of its configuration. */
export async function startInfluxProcess(data = ''): Promise<InfluxProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-influxd-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
${data}
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
`,
  );
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(`influxd is needed: apt-get install influxdb (${error})`);
    });
    failed.catch(() => {});
    await Promise.race([failed, untilAnswering(url, child)]);
  };
  await start();
  return {
    url,
    folder,
    kill,
    start,
    ask: async (query) => {
      const body = new URLSearchParams({ q: query, db: 'steward', epoch: 'ms' });
      const answer = (await (await fetch(`${url}/query`, { method: 'POST', body })).json()) as {
        results: { series?: { values: number[][] }[]; error?: string }[];
      };
      const [result] = answer.results;
      if (result?.error !== undefined) throw new Error(`InfluxDB: ${result.error}`);
      return result?.series?.[0]?.values[0]?.slice(1) ?? [];
    },
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
