import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BrokerOptions } from './broker.ts';
import { DEFAULT_BROKER_LIMITS } from './limits.ts';
import { type OpenBroker, openBroker } from './raw.testkit.ts';

/** Doors other than plain TCP with a password: WebSocket, and certificates of clients. */

const P1 = 'site/north/pump/p-1/telemetry';
const dir = mkdtempSync(join(tmpdir(), 'steward-doors-'));
const file = (name: string): string => join(dir, name);
const pem = (name: string): Buffer => readFileSync(file(name));

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
function authority(name: string): void {
  const made = ['req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`];
  openssl(...made, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`));
}
function signed(name: string, subject: string, by: string): void {
  openssl('req', ...NEW_KEY, '-subj', subject, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`));
  const ca = ['-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`), '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', file(`${name}.csr`), ...ca, '-out', file(`${name}.pem`));
}
beforeAll(() => {
  authority('ours');
  authority('theirs');
  signed('localhost', '/CN=localhost', 'ours');
  for (const name of ['dev-1', 'dev-2', 'gone']) signed(name, `/O=Steward/CN=${name}`, 'ours');
  signed('nameless', '/O=Steward', 'ours');
  signed('forged', '/CN=dev-1', 'theirs');
});

let broker: OpenBroker;
const clients: MqttClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await broker.close();
});
afterAll(() => rmSync(dir, { recursive: true }));

async function signIn(url: string, more: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 5_000, ...more });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  return client;
}
const password = (user: string) => ({ clientId: user, username: user, password: `secret of ${user}` });
const client = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`), ca: pem('ours.pem') });
const tls = (more: object = {}): NonNullable<BrokerOptions['tls']> => ({
  port: 0,
  cert: pem('localhost.pem'),
  key: pem('localhost.key'),
  ca: pem('ours.pem'),
  ...more,
});

describe('MQTT over WebSocket', () => {
  const webSocket = { port: 0, path: '/mqtt' };
  const start = async (more: Partial<BrokerOptions> = {}): Promise<void> => {
    broker = await openBroker({ webSocket, ...more, limits: { closeTimeoutMs: 100, ...more.limits } });
  };
  const url = (path = '/mqtt'): string => `ws://127.0.0.1:${broker.webSocketPort}${path}`;
  /** The bytes of one frame from a browser-like client; resolves with the close code. */
  const sendFrame = (frame: Buffer | string, protocols: readonly string[] = ['mqtt']): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url(), [...protocols]);
      socket.on('open', () => socket.send(frame));
      socket.on('error', reject);
      socket.on('close', resolve);
    });

  it('carries readings in and messages out', async () => {
    await start();
    const ann = await signIn(url(), password('ann'));
    const heard = new Promise((resolve) => ann.once('message', (topic) => resolve(topic)));
    await ann.subscribeAsync('site/#', { qos: 1 });
    const device = await signIn(url(), password('dev-1'));
    const payload = 'x'.repeat(200_000);
    await device.publishAsync(P1, payload, { qos: 1 });
    expect(await heard).toBe(P1);
    expect(broker.accepted[0]!.payload).toHaveLength(payload.length);
    await expect(signIn(url(), { ...password('dev-1'), password: 'guess' })).rejects.toThrow('Bad username');
  });

  it('has the same limits, before sign-in and after', async () => {
    await start({ limits: { maxPacketBytes: 100_000 } });
    await expect(sendFrame(Buffer.alloc(1_000_000))).resolves.toBe(1009);
    const connectOf60000 = Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0x7f]), Buffer.alloc(60_000)]);
    expect(await sendFrame(connectOf60000)).toBeGreaterThan(1000);
    const device = await signIn(url(), password('dev-1'));
    const closed = new Promise((resolve) => device.once('close', () => resolve('closed')));
    device.publish(P1, Buffer.alloc(100_001), { qos: 1 });
    expect(await closed).toBe('closed');
    expect(broker.accepted).toEqual([]);
  });

  it('holds no more than may come before sign-in, however it is cut into frames', async () => {
    await start();
    const begun = performance.now();
    const socket = new WebSocket(url(), 'mqtt');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.on('open', resolve));
    // A frame of which the end never comes.
    for (let i = 0; i < 10; i++) socket.send(Buffer.alloc(20_000), { fin: false });
    await closed;
    // Long before it would have had to sign in.
    expect(performance.now() - begun).toBeLessThan(DEFAULT_BROKER_LIMITS.connectTimeoutMs / 2);
  });

  it.each([
    ['text', 'hello', ['mqtt'], 1003],
    ['no subprotocol', Buffer.from([0x10, 0]), [], 1002],
  ] as const)('refuses %s', async (_, frame, protocols, code) => {
    await start();
    expect(await sendFrame(frame, protocols)).toBe(code);
  });

  it('knows its path only, and tells a browser what it is', async () => {
    await start();
    await expect(signIn(url('/other'), password('dev-1'))).rejects.toThrow();
    const answer = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: broker.webSocketPort }, ({ statusCode }) =>
        resolve(statusCode),
      );
      asked.on('error', reject).end();
    });
    expect(answer).toBe(426);
  });

  it('is cut off when it does not ask for anything in time', async () => {
    await start({ limits: { connectTimeoutMs: 200 } });
    const socket = connectSocket(broker.webSocketPort, '127.0.0.1');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    const silent = new WebSocket(url(), 'mqtt');
    await new Promise((resolve) => silent.once('close', resolve));
  });

  it('is ended with the credentials of its user', async () => {
    await start();
    const device = await signIn(url(), password('dev-1'));
    const closed = new Promise<void>((resolve) => device.once('close', () => resolve()));
    await broker.revoke('dev-1');
    await closed;
    expect(broker.connected()).toEqual([]);
  });

  it('is secured when TLS is', async () => {
    await start({ tls: tls() });
    const secure = `wss://localhost:${broker.webSocketPort}/mqtt`;
    await (await signIn(secure, { ...password('dev-1'), ca: pem('ours.pem') })).publishAsync(P1, '1', {
      qos: 1,
    });
    await expect(signIn(url(), password('dev-1'))).rejects.toThrow();
  });
});

describe('a certificate of a client', () => {
  let known: Set<string>;
  const start = async (clientCertificates: 'optional' | 'required', more: Partial<BrokerOptions> = {}) => {
    known = new Set(['dev-1', 'dev-2']);
    broker = await openBroker({
      tls: tls({ clientCertificates }),
      isDevice: async (name) => known.has(name),
      ...more,
      limits: { closeTimeoutMs: 100 },
    });
  };
  const url = (): string => `mqtts://localhost:${broker.tlsPort}`;

  it.each(['optional', 'required'] as const)(
    'takes the place of the password when it is %s',
    async (mode) => {
      await start(mode);
      const device = await signIn(url(), { ...client('dev-1'), clientId: 'anything' });
      expect(broker.connected()).toEqual(['dev-1']);
      await device.publishAsync(P1, '1', { qos: 1 });
      await device.publishAsync('site/north/pump/p-2/telemetry', '1', { qos: 1 });
      expect(broker.accepted.map((message) => message.client)).toEqual(['dev-1']);
      expect(broker.refused.map((message) => message.client)).toEqual(['dev-1']);
    },
  );

  it.each([
    ['names no device of ours', 'gone', {}],
    ['names nobody', 'nameless', {}],
    ['was signed by somebody else', 'forged', {}],
    ['was signed by somebody else, with the right password', 'forged', password('dev-1')],
    ['names another than the user name', 'dev-2', password('dev-1')],
  ])('is refused when it %s', async (_, name, more) => {
    await start('optional');
    await expect(signIn(url(), { ...client(name), ...more })).rejects.toThrow(/Bad username/);
    expect(broker.connected()).toEqual([]);
  });

  it('may be left out when it is optional, and then the password counts', async () => {
    await start('optional');
    await signIn(url(), { ...password('dev-1'), ca: pem('ours.pem') });
    await expect(signIn(url(), { username: 'dev-1', ca: pem('ours.pem') })).rejects.toThrow(/Bad username/);
  });

  it('must be there when it is required, whatever the password', async () => {
    await start('required');
    await expect(signIn(url(), { ...password('dev-1'), ca: pem('ours.pem') })).rejects.toThrow();
    await expect(signIn(url(), client('forged'))).rejects.toThrow();
    expect(broker.connected()).toEqual([]);
  });

  it('of a device whose credentials were removed is no good any more', async () => {
    await start('required');
    const device = await signIn(url(), client('dev-1'));
    const closed = new Promise<void>((resolve) => device.once('close', () => resolve()));
    known.delete('dev-1');
    await broker.revoke('dev-1');
    await closed;
    await expect(signIn(url(), client('dev-1'))).rejects.toThrow(/Bad username/);
  });

  it('counts over WebSocket too', async () => {
    await start('required', { webSocket: { port: 0, path: '/mqtt' } });
    await signIn(`wss://localhost:${broker.webSocketPort}/mqtt`, client('dev-2'));
    expect(broker.connected()).toEqual(['dev-2']);
  });
});
