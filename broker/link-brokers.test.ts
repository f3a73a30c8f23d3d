import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { type Log, silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import { isMissing } from '../test/engines.testkit.ts';
import { type LinkOptions, type MqttPort, startLink } from './link.ts';
import {
  DEVICE_USER,
  LINK_USER,
  type Mosquitto,
  PASSWORD,
  startMosquitto,
} from './link-mosquitto.testkit.ts';
import { mosquitto } from './mosquitto.testkit.ts';

const TOPIC = 'site/s/pump/p/telemetry';
let port: MqttPort | undefined;
let news: EventEmitter;

const log: Log = {
  ...silentLog,
  info: (_, text) => news.emit('said', text),
  warn: (fields, text) => news.emit('said', `${(fields as { code?: string }).code}: ${text}`),
};

function link(url: string, changes: Partial<LinkOptions> = {}): MqttPort {
  news = new EventEmitter();
  port = startLink({
    url,
    user: LINK_USER,
    password: PASSWORD,
    clientId: 'steward',
    protocol: 'auto',
    sessionExpiryS: 600,
    group: '',
    clock: systemClock,
    random: seededRandom(1),
    log,
    limits: { reconnectFirstMs: 20, reconnectMaxMs: 200, closeTimeoutMs: 100 },
    accept: async ({ payload }) => {
      news.emit('message', Buffer.from(payload).toString());
    },
    ...changes,
  });
  return port;
}

afterEach(async () => {
  await port?.close();
  port = undefined;
});

/** Aedes knows MQTT 3.1.1 alone and never delivers to a shared subscription. */
describe('a link to a broker that is no Mosquitto', () => {
  let server: Server;
  let aedes: Aedes;
  const sockets = new Set<Socket>();

  async function listen(): Promise<string> {
    aedes = await Aedes.createBroker();
    server = createServer((socket) => {
      sockets.add(socket);
      aedes.handle(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });

  it('falls back to MQTT 3.1.1, and works without a group', async () => {
    const linked = link(await listen());
    let said = '';
    while (!said.startsWith('linked')) [said] = (await once(news, 'said')) as [string];
    expect(said).toBe('linked to the broker, MQTT 3.1.1');
    expect(linked.health().ok).toBe(true);
    const message = once(news, 'message');
    aedes.publish(
      { cmd: 'publish', topic: TOPIC, payload: Buffer.from('hello'), qos: 1, dup: false, retain: false },
      () => {},
    );
    expect(await message).toEqual(['hello']);
  });

  it('says when it may not subscribe', async () => {
    const url = await listen();
    aedes.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
    const linked = link(url, { protocol: '3.1.1' });
    const [said] = await once(news, 'said');
    expect(said).toMatch(/^subscription_forbidden: no link to the broker.*site\/\+\/\+\/\+\/telemetry/);
    expect(linked.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('subscription_forbidden'),
    });
  });

  it('says when nobody listens there', async () => {
    const url = await listen();
    server.close();
    const linked = link(url);
    const [said] = await once(news, 'said');
    expect(said).toContain('broker_unreachable');
    expect(linked.health().detail).toContain('ECONNREFUSED');
  });
});

describe.skipIf(isMissing('mosquitto', 'mosquitto_pub', 'openssl'))('a link', () => {
  let broker: Mosquitto;
  afterEach(() => broker.remove());

  const publish = (more: readonly string[]) =>
    mosquitto('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD],
      ...['-t', TOPIC, '-q', '1', ...more],
    ]);

  it('over TLS believes the authority that it is told, and no other', async () => {
    broker = await startMosquitto({ tls: true });
    link(broker.url);
    const [refused] = await once(news, 'said');
    expect(refused).toMatch(/^broker_unreachable: .*certificate/);
    await port?.close();
    link(broker.url, { ca: readFileSync(broker.ca) });
    const [linked] = await once(news, 'said');
    expect(linked).toBe('linked to the broker, MQTT 5');
    const message = once(news, 'message');
    expect((await publish(['-m', 'hello', '--cafile', broker.ca])).code).toBe(0);
    expect(await message).toEqual(['hello']);
  });

  it('does not take for new what the broker retained', async () => {
    broker = await startMosquitto();
    await publish(['-m', 'old', '-r']);
    const heard: string[] = [];
    link(broker.url);
    news.on('message', (text) => heard.push(text));
    await once(news, 'said');
    const message = once(news, 'message');
    await publish(['-m', 'new']);
    await message;
    expect(heard).toEqual(['new']);
  });

  it('says that another client has its name', async () => {
    broker = await startMosquitto();
    link(broker.url);
    await once(news, 'said');
    const said = once(news, 'said');
    const thief = ['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD];
    await mosquitto('mosquitto_sub', [...thief, '-V', '5', '-i', 'steward', '-t', 'x', '-E']);
    expect((await said)[0]).toMatch(/another client.*"steward"/);
  });
});
