import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real InfluxDB 1.x on loopback with its data in a temporary folder. */
export interface Influxd {
  readonly url: string;
  /** Ends the process at once, as a crash would; the data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it answers. */
  start(): Promise<void>;
  /** Runs InfluxQL over HTTP and gives back the answer's JSON. */
  query(text: string, database?: string): Promise<unknown>;
  /** Writes raw line protocol; resolves to the status. */
  writeRaw(lines: string, database: string): Promise<number>;
  /** Ends it and removes the data. */
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

/** The second listener is for backups; without its own line it takes 8088 of whoever has it. */
function configuration(folder: string, http: number, rpc: number, more: string): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
${more}`;
}

/** `more` is appended to the `[http]` section of the configuration. */
export async function startInfluxd(more = ''): Promise<Influxd> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-influxd-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'influxdb.conf');
  await writeFile(config, configuration(folder, port, await freePort(), more));
  let child: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(`influxd is needed for this test: apt-get install influxdb (${error})`);
    });
    failed.catch(() => undefined);
    await Promise.race([failed, answering(url, child)]);
  };
  await start();
  return {
    url,
    kill,
    start,
    async query(text, database = '') {
      const body = new URLSearchParams({ q: text, db: database, epoch: 'ms' });
      return (await fetch(`${url}/query`, { method: 'POST', body })).json();
    },
    async writeRaw(lines, database) {
      return (await fetch(`${url}/write?db=${database}&precision=ms`, { method: 'POST', body: lines }))
        .status;
    },
    async end() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** There is no event to await in another process: asks every 50 ms, for 30 s. */
async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`influxd ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${url}/ping`)).status === 204) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('influxd does not answer');
}
