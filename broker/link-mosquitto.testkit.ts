import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const LINK_USER = 'steward';
export const DEVICE_USER = 'device';
export const PASSWORD = 'a-secret-of-tests';

export interface MosquittoOptions {
  /** Lines added to its configuration; in memory of this test only. */
  readonly lines?: readonly string[];
  /** Serves TLS with a certificate of its own making instead of plain MQTT. */
  readonly tls?: boolean;
}

/** Debian's Mosquitto in a process of its own, with a session store that outlives it. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** PEM file of its certificate, with `tls`. */
  readonly ca: string;
  /** Everything that it has logged. */
  output(): string;
  /** Ends it as the system would; it writes down its sessions first. */
  stop(): Promise<void>;
  /** Again on the same port, with its sessions. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function makeCertificate(dir: string): void {
  const made = spawnSync(
    'openssl',
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1'
      .split(' ')
      .concat(['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')]),
  );
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
}

function configure(dir: string, port: number, { lines = [], tls = false }: MosquittoOptions): void {
  // Debian's starts as root would become another user, who cannot read this folder.
  writeFileSync(join(dir, 'passwords'), `${LINK_USER}:${PASSWORD}\n${DEVICE_USER}:${PASSWORD}\n`);
  const hashed = spawnSync('mosquitto_passwd', ['-U', join(dir, 'passwords')]);
  if (hashed.status !== 0) throw new Error(`mosquitto_passwd: ${hashed.stderr}`);
  if (tls) makeCertificate(dir);
  const config = [
    `listener ${port} 127.0.0.1`,
    ...(tls ? [`certfile ${join(dir, 'cert.pem')}`, `keyfile ${join(dir, 'key.pem')}`] : []),
    'allow_anonymous false',
    `password_file ${join(dir, 'passwords')}`,
    'persistence true',
    `persistence_location ${dir}/`,
    'max_queued_messages 0',
    'max_inflight_messages 2000',
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    'log_dest stderr',
    ...lines,
  ];
  writeFileSync(join(dir, 'mosquitto.conf'), `${config.join('\n')}\n`);
}

/** Starts it on a free port of loopback; `remove` must be called. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const dir = mkdtempSync(join(tmpdir(), 'steward-mosquitto-'));
  const port = await freePort();
  configure(dir, port, options);
  let child: ChildProcess | undefined;
  let output = '';
  const start = async (): Promise<void> => {
    const started = spawn('mosquitto', ['-c', join(dir, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    const from = output.length;
    await new Promise<void>((resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code) =>
        reject(new Error(`mosquitto ended with ${code}: ${output.slice(from)}`)),
      );
      started.stderr.on('data', (chunk) => {
        output += chunk;
        if (/mosquitto version .* running/.test(output.slice(from))) resolve();
      });
    });
  };
  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  await start();
  return {
    port,
    url: `${options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    ca: join(dir, 'cert.pem'),
    output: () => output,
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
