import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { demoDeviceSecret, demoPassword } from '../app/demo-credentials.ts';
import { readRunning } from '../app/running.ts';

const root = resolve(import.meta.dirname, '..');
const main = join(root, 'dist/app/main.js');
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** Manager of the demo estate. */
export const MANAGER = 'ingrid';

export interface StewardOptions {
  readonly data: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real Steward in a process of its own, on free ports. */
export interface StewardProcess {
  readonly process: ChildProcess;
  readonly data: string;
  readonly http: string;
  readonly mqtt: URL;
  output(): string;
  /** JSON of an API path, signed in as the demo's first manager. Throws for a status that is not 2xx. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  deviceSecret(device: string): string;
  password(person: string): string;
  /** Resolves when the output has the text. */
  says(text: string, timeoutMs?: number): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 10_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < until) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
}

/** The folder is removed by whoever made it: `temporaryData().remove()`. */
export function temporaryData(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'steward-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs `steward` with these arguments to its end. */
export async function runSteward(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Runs `steward` with these arguments and presses Ctrl-C when it first says something. */
export async function interrupted(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly err: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stderr.once('data', () => child.kill('SIGINT'));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}

/** Starts the demo and waits until it answers; its history may still be on its way. */
export function startDemoProcess(options: StewardOptions): Promise<StewardProcess> {
  return startStewardProcess({ ...options, args: ['--demo', ...(options.args ?? [])] });
}

/** Starts Steward on free ports and waits until it answers. */
export async function startStewardProcess(options: StewardOptions): Promise<StewardProcess> {
  const { data, args = [], environment = {} } = options;
  const child = spawn(process.execPath, [main, 'start', '--data', data, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      STEWARD_HTTP_PORT: '0',
      STEWARD_MQTT_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const at = await eventually(
    'Steward is up',
    () => {
      if (child.exitCode !== null) throw new Error(`Steward ended with ${child.exitCode}:\n${output}`);
      const running = readRunning(data);
      return running?.pid === child.pid ? running : undefined;
    },
    START_TIMEOUT_MS,
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  });
  const secret = readFileSync(join(data, 'secret'));
  const password = (person: string): string => demoPassword({ secret }, person);
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const authorization = `Basic ${Buffer.from(`${MANAGER}:${password(MANAGER)}`).toString('base64')}`;
    const response = await fetch(`${at.http_url}${path}`, {
      ...init,
      headers: { authorization, 'content-type': 'application/json' },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    process: child,
    data,
    http: at.http_url,
    mqtt: new URL(at.mqtt_url),
    output: () => output,
    get: (path) => ask(path, { method: 'GET' }),
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    deviceSecret: (device) => demoDeviceSecret({ secret }, device),
    password,
    says: async (text, timeoutMs = START_TIMEOUT_MS) => {
      await eventually(`the output says "${text}"`, () => output.includes(text), timeoutMs);
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const closed = once(child, 'close');
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}
