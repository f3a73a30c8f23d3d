import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDataFolder } from '../app/data-folder.ts';
import { createDemoCredentials } from '../app/demo-credentials.ts';
import { packageRoot } from '../app/paths.ts';
import { readRunning } from '../app/running.ts';
import { loadSites } from '../app/site-file.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';

const START_MS = 60_000;
const POLL_MS = 50;
const MIB = 2 ** 20;

/** `steward start` as people run it, in a process of its own. */
export interface StewardProcess {
  readonly pid: number;
  readonly data: string;
  readonly mqttPort: number;
  readonly httpUrl: string;
  /** Secret of the data folder, hexadecimal. */
  readonly secret: string;
  rss_mib(): number;
  /** The value of a figure of `/metrics`; labels as they are written there. */
  figure(name: string): Promise<number>;
  /** Reads `/metrics` once for several figures. */
  figures(...names: readonly string[]): Promise<number[]>;
  end(): Promise<void>;
}

const SITE = `site: { id: bench, name: Bench, tz: UTC, lat: 52.5, lon: 13.4 }
people:
  - { id: boss, name: Boss, role: manager }
zones:
  - { id: cellar, name: Cellar, steward: boss }
assets_csv: assets.csv
`;

function writePumps(folder: string, pumps: number): string {
  const file = join(folder, 'site.yaml');
  const rows = Array.from({ length: pumps }, (_, i) => `p-${i + 1},pump,cellar`);
  writeFileSync(file, SITE);
  writeFileSync(join(folder, 'assets.csv'), `id,kind,zone\n${rows.join('\n')}\n`);
  return file;
}

/** Gives people and devices of the site their credentials; answers the secret that these come from. */
async function signUp(file: string, folder: string): Promise<string> {
  const data = openDataFolder(folder);
  try {
    const records = await openSqliteRecords({ file: data.at('records.sqlite') });
    for (const site of loadSites([file])) await createDemoCredentials(records, data, site);
    await records.close();
    return data.secret.toString('hex');
  } finally {
    data.close();
  }
}

async function untilRunning(child: ChildProcess, data: string): Promise<{ http: string; mqttPort: number }> {
  for (let waited = 0; waited < START_MS; waited += POLL_MS) {
    if (child.exitCode !== null) throw new Error(`Steward ended with ${child.exitCode}`);
    const at = readRunning(data);
    if (at?.pid === child.pid) return { http: at!.http_url, mqttPort: Number(new URL(at!.mqtt_url).port) };
    await sleep(POLL_MS);
  }
  throw new Error('Steward does not start');
}

function figureIn(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`/metrics has no ${name}`);
  return Number(line.slice(name.length));
}

/** Resident memory of a process, MiB. */
export function rssMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round((Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1_024) / MIB);
}

/** `site`: a site file, or a number of pumps; `environment`: settings as `STEWARD_…`. */
export async function startStewardProcess(
  site: string | number,
  environment: Readonly<Record<string, string>> = {},
): Promise<StewardProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const file = typeof site === 'string' ? site : writePumps(folder, site);
  const data = join(folder, 'data');
  const secret = await signUp(file, data);
  const main = join(packageRoot, 'dist', 'app', 'main.js');
  const child = spawn(process.execPath, [main, 'start', '--data', data], {
    env: {
      PATH: process.env['PATH'],
      STEWARD_SITES: file,
      STEWARD_HTTP_PORT: '0',
      STEWARD_MQTT_PORT: '0',
      STEWARD_LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { http, mqttPort } = await untilRunning(child, data);
  const figures = async (...names: readonly string[]): Promise<number[]> => {
    const text = await (await fetch(`${http}/metrics`)).text();
    return names.map((name) => figureIn(text, name));
  };
  return {
    pid: child.pid!,
    data,
    mqttPort,
    httpUrl: http,
    secret,
    rss_mib: () => rssMib(child.pid!),
    figure: async (name) => (await figures(name))[0]!,
    figures,
    end: async () => {
      if (child.exitCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
