import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readRunning } from '../app/running.ts';
import { LINK_USER, type Mosquitto, PASSWORD } from '../broker/link-mosquitto.testkit.ts';
import type { ReadyView } from '../model/views/watch.ts';
import { eventually } from './steward.testkit.ts';

const root = resolve(import.meta.dirname, '..');
const main = join(root, 'dist/app/main.js');
const PERSON = 'ingrid';
const PERSONS_PASSWORD = 'a-password-of-tests';

export interface LinkedOptions {
  readonly broker: Mosquitto;
  /** Folder to go on with. */
  readonly data: string;
  readonly protocol: '5' | '3.1.1' | 'auto';
  readonly password?: string;
  /** `steward` by default. */
  readonly clientId?: string;
}

/** A Steward in a process of its own that takes its readings from an outside broker. */
export interface LinkedSteward {
  readonly process: ChildProcess;
  /** Readings taken since this process started. */
  readings(): Promise<number>;
  get<T>(path: string): Promise<T>;
  ready(): Promise<ReadyView>;
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function addPerson(config: string): Promise<void> {
  const child = spawn(process.execPath, [main, 'users', 'add', PERSON, '--config', config], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.end(`${PERSONS_PASSWORD}\n`);
  if ((await endOf(child)) !== 0) throw new Error(err);
}

/** Starts it on the site of the demo, without simulated devices, and waits until it answers. */
export async function startLinkedSteward(options: LinkedOptions): Promise<LinkedSteward> {
  const { broker, data, protocol, password = PASSWORD, clientId = 'steward' } = options;
  const config = join(data, 'steward.yaml');
  if (!existsSync(config)) {
    const settings = {
      data: join(data, 'data'),
      http: { port: 0 },
      sites: [join(root, 'examples/demo/site.yaml')],
      mqtt: { link: { url: broker.url, user: LINK_USER, protocol, client_id: clientId } },
      log: { level: 'debug' },
    };
    writeFileSync(config, JSON.stringify(settings));
    await addPerson(config);
  }
  const child = spawn(process.execPath, [main, 'start', '--config', config], {
    env: { PATH: process.env['PATH'], STEWARD_MQTT_LINK_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const { http_url } = await eventually(
    'Steward is up',
    () => {
      if (child.exitCode !== null) throw new Error(`Steward ended:\n${output}`);
      const running = readRunning(join(data, 'data'));
      return running?.pid === child.pid ? running : undefined;
    },
    60_000,
  );
  const authorization = `Basic ${Buffer.from(`${PERSON}:${PERSONS_PASSWORD}`).toString('base64')}`;
  return {
    process: child,
    readings: async () => {
      const figures = await (await fetch(`${http_url}/metrics`)).text();
      return Number(/^steward_readings_total (\d+)/m.exec(figures)?.[1]);
    },
    get: async <T>(path: string): Promise<T> => {
      const response = await fetch(`${http_url}${path}`, { headers: { authorization } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    ready: async () => (await (await fetch(`${http_url}/readyz`)).json()) as ReadyView,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await endOf(child);
    },
  };
}
