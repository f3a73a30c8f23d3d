import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real InfluxDB 1.x to measure beside, with its data in a temporary folder. */
export interface BenchInfluxd {
  readonly url: string;
  /** Bytes of its data once it has written out and compacted everything. */
  settledBytes(): Promise<number>;
  end(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Defaults, except that what is cold is written out and compacted after seconds, not after hours. */
function configuration(folder: string, http: number, rpc: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
  cache-snapshot-write-cold-duration = "2s"
  compact-full-write-cold-duration = "2s"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
`;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    if (
      await fetch(`${url}/ping`).then(
        (answer) => answer.status === 204,
        () => false,
      )
    )
      return;
    await pause(50);
  }
  throw new Error('influxd does not answer');
}

/** The same size ten times, a second apart, with nothing left in the log. */
async function settled(folder: string): Promise<number> {
  let bytes = -1;
  let same = 0;
  for (let tries = 0; tries < 180 && same < 10; tries++) {
    await pause(1_000);
    const now = bytesIn(join(folder, 'data'));
    same = now === bytes && bytesIn(join(folder, 'wal')) < 1_000_000 ? same + 1 : 0;
    bytes = now;
  }
  return bytes;
}

export async function startBenchInfluxd(): Promise<BenchInfluxd> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-influxd-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'influxdb.conf');
  writeFileSync(config, configuration(folder, port, await freePort()));
  const child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(`influxd is needed to compare with: apt-get install influxdb (${error})`);
  });
  failed.catch(() => undefined);
  await Promise.race([failed, answering(url, child)]);
  return {
    url,
    settledBytes: () => settled(folder),
    async end() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
