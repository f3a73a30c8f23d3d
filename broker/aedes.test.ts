import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIngest } from '../ingest/ingest.ts';
import { smallDirectory } from '../ingest/site.testkit.ts';
import { systemClock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import type { Journal } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import { startBroker } from './aedes.ts';
import type { Broker, BrokerOptions } from './broker.ts';
import { hasMosquittoClients, mosquitto } from './mosquitto.testkit.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-broker-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const directory = smallDirectory();
const P1 = 'site/north/pump/p-1/telemetry';
const P2 = 'site/north/pump/p-2/telemetry';

let journal: Journal;
let quarantine: Quarantine;
let broker: Broker;
let logged: { level: string; fields: Record<string, unknown>; text: string }[];
/** What `append` waits for before it goes to the disk; lets a test hold the disk back. */
let disk: Promise<void>;
let clients: MqttClient[];

function recordingLog(): Log {
  const at =
    (level: string) =>
    (fields: object, text: string): void => {
      logged.push({ level, fields: fields as Record<string, unknown>, text });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Devices dev-1…dev-9 speak for pumps p-1…p-9, their passwords are their names; ann may listen to the whole site. */
function options(more: Partial<BrokerOptions> = {}): BrokerOptions {
  const ingest = createIngest({
    directory,
    journal: { append: (entries) => disk.then(() => journal.append(entries)) },
    quarantine,
  });
  return {
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    clock: systemClock,
    log: recordingLog(),
    authenticate: async ({ user, password }) => password === `secret of ${user}`,
    isDevice: async () => false,
    mayPublish: (user, topic) => {
      const asset = parseTelemetryTopic(topic)?.asset;
      return asset === undefined || asset === user.replace('dev', 'p');
    },
    maySubscribe: (user, filter) => user === 'ann' && filter.startsWith('site/'),
    isForSubscribers: (topic) => parseTelemetryTopic(topic) !== undefined,
    accept: ingest.accept,
    refuse: ingest.refuse,
    ...more,
  };
}

beforeEach(async () => {
  const dir = mkdtempSync(join(base, 'b-'));
  journal = await openJournal({ dir: join(dir, 'journal') });
  quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
  disk = Promise.resolve();
  logged = [];
  clients = [];
  broker = await startBroker(options());
});
afterEach(async () => {
  for (const client of clients) client.end(true);
  await broker.close();
  await journal.close();
  await quarantine.close();
});

const powers = (): unknown[] =>
  journal.read(0, 100_000).map(({ entry }) => entry.type === 'reading' && entry.reading.values['power_w']);

async function signIn(user: string, more: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    username: user,
    password: `secret of ${user}`,
    clientId: user,
    reconnectPeriod: 0,
    ...more,
  });
  clients.push(client);
  return client;
}

function closing(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

/** A promise that a test settles by hand. */
function byHand(): { readonly promise: Promise<void>; settle: () => void; fail: (error: Error) => void } {
  let settle = (): void => {};
  let fail = (_error: Error): void => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  return { promise, settle, fail };
}

describe.skipIf(!hasMosquittoClients())('mosquitto_pub as a device', () => {
  const pub = (args: readonly string[], user = 'dev-1', password = `secret of ${user}`, input?: Uint8Array) =>
    mosquitto(
      'mosquitto_pub',
      ['-h', '127.0.0.1', '-p', String(broker.port), '-u', user, '-P', password, '-i', user, ...args],
      input,
    );

  it.each(['0', '1', '2'])('publishes a reading with QoS %s and it is in the journal', async (qos) => {
    const ended = await pub(['-q', qos, '-t', P1, '-m', '{"power_w":41.5}']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(powers).toEqual([41.5]);
    const [first] = journal.read(0, 1);
    expect(first!.entry).toMatchObject({
      reading: { asset: 'p-1', message: expect.stringMatching(/^\w+-1$/) },
    });
  });

  it('does not come back before its reading is durable', async () => {
    const held = byHand();
    disk = held.promise;
    let returned = false;
    const publishing = pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}']).finally(() => {
      returned = true;
    });
    await expect.poll(() => broker.connected()).toEqual(['dev-1']);
    // Another device whose answer needs no disk comes and goes meanwhile: time enough for a hasty PUBACK.
    expect((await pub(['-q', '1', '-t', P2, '-m', '{'], 'dev-2')).code).toBe(0);
    expect(returned).toBe(false);
    expect(journal.head()).toBe(0);
    held.settle();
    expect((await publishing).code).toBe(0);
    expect(powers()).toEqual([1]);
  });

  it('is turned away with a wrong password, and the log says who and from where', async () => {
    const ended = await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'], 'dev-1', 'guess');
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Connection Refused: bad user name or password');
    expect(logged.map(({ fields }) => fields)).toContainEqual({
      code: 'login_refused',
      client: '"dev-1"',
      user: '"dev-1"',
      address: '127.0.0.1',
    });
    expect(journal.head()).toBe(0);
  });

  it('is turned away without a name', async () => {
    const args = ['-h', '127.0.0.1', '-p', String(broker.port), '-t', P1, '-m', '{"power_w":1}', '-q', '1'];
    expect((await mosquitto('mosquitto_pub', args)).stderr).toContain('bad user name or password');
  });

  it("has its message for another device's asset acknowledged, quarantined and passed on to nobody", async () => {
    const ann = await signIn('ann');
    const heard: string[] = [];
    ann.on('message', (topic) => heard.push(topic));
    await ann.subscribeAsync('site/#');
    expect((await pub(['-q', '1', '-t', P2, '-m', '{"power_w":1}'])).code).toBe(0);
    expect((await pub(['-q', '1', '-r', '-t', P2, '-m', '{"power_w":1}'])).code).toBe(0);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":2}'])).code).toBe(0);
    await expect.poll(() => heard).toEqual([P1]);
    expect(quarantine.list({ limit: 9 })).toMatchObject([
      { code: 'topic_forbidden', client: 'dev-1', detail: `dev-1 may not publish to "${P2}"` },
      { code: 'topic_forbidden' },
    ]);
    expect(powers()).toEqual([2]);
  });

  it.each(['hello', 'site/north/pump/p-1', '$SYS/x', '/', 'site/north/pump/p-1/telemetry/'])(
    'has a message to %j acknowledged and quarantined',
    async (topic) => {
      expect((await pub(['-q', '1', '-t', topic, '-m', '{"power_w":1}'])).code).toBe(0);
      expect(quarantine.list({ limit: 9 })).toMatchObject([{ code: 'topic_unknown', topic }]);
    },
  );

  it('has 1 MB acknowledged and quarantined in part, and the next reading accepted', async () => {
    const ended = await pub(['-q', '1', '-t', P1, '-s'], 'dev-1', undefined, Buffer.alloc(1_000_000, 'x'));
    expect(ended.code).toBe(0);
    expect(quarantine.list({ limit: 9 })).toMatchObject([{ code: 'payload_too_large', size: 1_000_000 }]);
    expect(quarantine.list({ limit: 1 })[0]!.payload).toHaveLength(4_096);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'])).code).toBe(0);
  });

  it('is cut off when it sends more than can be looked at, and nobody else is', async () => {
    const other = await signIn('dev-2');
    await pub(['-q', '1', '-t', P1, '-s'], 'dev-1', undefined, Buffer.alloc(5_000_000, 'x'));
    expect(logged).toContainEqual({
      level: 'warn',
      fields: { code: 'packet_too_large', user: 'dev-1', address: '127.0.0.1' },
      text: 'a packet of more than 4194304 bytes: the connection is ended',
    });
    await other.publishAsync(P2, '{"power_w":2}', { qos: 1 });
    expect(powers()).toEqual([2]);
  });

  it('hears a clear refusal when it speaks MQTT 5', async () => {
    const ended = await pub(['-V', '5', '-q', '1', '-t', P1, '-m', '{"power_w":1}']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Unsupported Protocol Version');
    expect(journal.head()).toBe(0);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'])).code).toBe(0);
  });
});

describe.skipIf(!hasMosquittoClients())('TLS', () => {
  it('carries a reading to a client that knows the certificate', async () => {
    const dir = mkdtempSync(join(base, 'tls-'));
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
    spawnSync('openssl', [...made.split(' '), '-keyout', key, '-out', cert]);
    const tls = { port: 0, cert: readFileSync(cert), key: readFileSync(key) };
    const secure = await startBroker(options({ tls }));
    const target = ['-h', 'localhost', '-p', String(secure.tlsPort), '-u', 'dev-1', '-P', 'secret of dev-1'];
    const reading = ['-q', '1', '-t', P1, '-m', '{"power_w":1}'];
    const trusting = await mosquitto('mosquitto_pub', [...target, '--cafile', cert, ...reading]);
    expect(trusting).toMatchObject({ code: 0, stderr: '' });
    expect((await mosquitto('mosquitto_pub', [...target, ...reading])).code).not.toBe(0);
    expect(powers()).toEqual([1]);
    await secure.close();
  });
});

describe('acknowledging', () => {
  it('keeps the order of one client, whatever is durable first', async () => {
    const held = byHand();
    const device = await signIn('dev-1');
    const acks: number[] = [];
    disk = held.promise;
    const first = device.publishAsync(P1, '{"power_w":1}', { qos: 1 }).then(() => acks.push(1));
    await device.publishAsync(P1, 'settled before', { qos: 0 });
    const second = device.publishAsync(P1, 'not json', { qos: 1 }).then(() => acks.push(2));
    await expect.poll(() => quarantine.counts().total).toBe(2);
    expect(acks).toEqual([]);
    held.settle();
    await Promise.all([first, second]);
    expect(acks).toEqual([1, 2]);
  });

  it('journals the messages of one client in the order in which it sent them', async () => {
    const device = await signIn('dev-1');
    const numbers = Array.from({ length: 900 }, (_, i) => i);
    await Promise.all(
      numbers.map((n) => device.publishAsync(P1, `{"power_w":${n}}`, { qos: n % 2 ? 1 : 0 })),
    );
    await expect.poll(powers).toEqual(numbers);
  });

  it('never happens for what could not be kept: the client is disconnected instead', async () => {
    const device = await signIn('dev-1');
    const held = byHand();
    disk = held.promise;
    const closed = new Promise((resolve) => device.once('close', () => resolve('closed')));
    const acknowledged = device.publishAsync(P1, '{"power_w":1}', { qos: 1 }).then(
      () => 'acknowledged',
      () => 'failed',
    );
    held.fail(new Error('disk full'));
    expect(await Promise.race([closed, acknowledged])).toBe('closed');
    expect(logged.map(({ text }) => text)).toContain('a message could not be kept: it is not acknowledged');
    disk = Promise.resolve();
    const again = await signIn('dev-1');
    await again.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    expect(powers()).toEqual([1]);
  });
});

describe('subscribing', () => {
  it('hears telemetry after it is durable, and what Steward publishes, retained or not', async () => {
    await broker.publish('site/north/sign/s-1/set', '12', { retain: true });
    const ann = await signIn('ann');
    const heard: string[] = [];
    ann.on('message', (topic, payload) => heard.push(`${topic} ${payload} ${journal.head()}`));
    await ann.subscribeAsync('site/north/#', { qos: 1 });
    await expect.poll(() => heard).toEqual(['site/north/sign/s-1/set 12 0']);
    const device = await signIn('dev-1');
    await device.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    await broker.publish('site/north/ticket/t-1', Buffer.from('opened'));
    await expect
      .poll(() => heard.slice(1))
      .toEqual([`${P1} {"power_w":1} 1`, 'site/north/ticket/t-1 opened 1']);
  });

  it.each(['#', '+/#', '$SYS/#', '$share/g/site/#', 'site/a+', 'site/#/x', 'other/x'])(
    'is refused for %s',
    async (filter) => {
      const raw = await signIn('ann');
      await expect(raw.subscribeAsync(filter)).rejects.toThrow();
      expect(raw.connected).toBe(true);
    },
  );

  it('is refused for a device without the right, and the log says so', async () => {
    const device = await signIn('dev-1');
    await expect(device.subscribeAsync('site/#')).rejects.toThrow();
    expect(logged.map(({ fields }) => fields['code'])).toContain('subscription_forbidden');
  });
});

describe('connections', () => {
  it('lets a second connection with the same client id take over', async () => {
    const first = await signIn('dev-1');
    const closed = closing(first);
    const second = await signIn('dev-1');
    await closed;
    await second.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    expect(broker.connected()).toEqual(['dev-1']);
    expect(broker.health()).toEqual({ ok: true, detail: `1 clients on 127.0.0.1:${broker.port}` });
  });

  it('disconnects a user on demand', async () => {
    const device = await signIn('dev-1');
    await signIn('dev-2');
    const closed = closing(device);
    await broker.revoke('dev-1');
    await closed;
    expect(broker.connected()).toEqual(['dev-2']);
  });

  it('publishes the will of a device that vanished, through the same path', async () => {
    const will = { topic: P1, payload: Buffer.from('{"power_w":0}'), qos: 1 as const, retain: false };
    const device = await signIn('dev-1', { will });
    device.stream.destroy();
    await expect.poll(powers).toEqual([0]);
  });

  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
    ['zeros', '\0'.repeat(100)],
    ['a huge first packet', Buffer.from([0x10, 0xff, 0xff, 0x7f, 0, 4, 77, 81, 84, 84])],
    ['a length that is none', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['a subscription before sign-in', Buffer.from([0x82, 6, 0, 1, 0, 1, 35, 0])],
  ])('survives %s', async (_, bytes) => {
    const socket = connectSocket(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    await (await signIn('dev-1')).publishAsync(P1, '{"power_w":1}', { qos: 1 });
  });

  it('refuses a client id that is too long', async () => {
    await expect(signIn('dev-1', { clientId: 'x'.repeat(129) })).rejects.toThrow('Identifier rejected');
  });

  it('answers a sign-in that cannot be checked as its own failure, not the client’s', async () => {
    const failing = async (): Promise<boolean> => {
      throw new Error('records are closed');
    };
    const other = await startBroker(options({ authenticate: failing }));
    await expect(
      mqtt.connectAsync(`mqtt://127.0.0.1:${other.port}`, { username: 'a', reconnectPeriod: 0 }),
    ).rejects.toThrow('Server unavailable');
    await other.close();
  });
});

describe('starting and stopping', () => {
  it('says which port is taken', async () => {
    await expect(startBroker(options({ port: broker.port }))).rejects.toMatchObject({
      code: 'port_taken',
      message: `127.0.0.1:${broker.port} is taken by another program; stop it, or choose another port for MQTT`,
    });
  });

  it('says that a certificate is none, and leaves no listener behind', async () => {
    const tls = { port: 0, cert: 'x', key: 'y' };
    await expect(startBroker(options({ tls }))).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('waits for what was accepted, acknowledges it, and frees the port', async () => {
    const device = await signIn('dev-1');
    const held = byHand();
    disk = held.promise;
    const acknowledged = device.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    await device.publishAsync(P1, 'x', { qos: 0 });
    await expect.poll(() => quarantine.counts().total).toBe(1);
    const closed = broker.close();
    expect(broker.health().ok).toBe(false);
    held.settle();
    await acknowledged;
    await closed;
    expect(powers()).toEqual([1]);
    await expect(broker.publish('site/x', 'y')).rejects.toThrow('closed');
    const again = await startBroker(options({ port: broker.port }));
    await again.close();
  });

  it('does not wait for ever', async () => {
    const other = await startBroker(
      options({ accept: () => new Promise(() => {}), limits: { closeTimeoutMs: 50 } }),
    );
    const client = mqtt.connect(`mqtt://127.0.0.1:${other.port}`, {
      username: 'dev-1',
      password: 'secret of dev-1',
      reconnectPeriod: 0,
    });
    client.on('error', () => {});
    client.publish(P1, '{"power_w":1}', { qos: 1 });
    await expect.poll(() => other.connected()).toEqual(['dev-1']);
    await other.close();
    client.end(true);
  });
});
