import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { type Log, silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import { isMissing } from '../test/engines.testkit.ts';
import { gatewayConfigSchema } from './config.ts';
import { startGateway } from './gateway.ts';
import { createMqttPublisher, type MqttPublisher } from './mqtt-publisher.ts';
import { createOutbox } from './outbox.ts';
import { configFor, faultyLine, profiles, seededPump } from './pump-controller.testkit.ts';
import { openSerialLine } from './serial-line.ts';
import { layWire } from './wire.testkit.ts';

/** A real broker on loopback that knows one name, and can go away and come back. */
interface Broker {
  readonly port: number;
  readonly heard: { readonly topic: string; readonly payload: string; readonly client: string }[];
  /** While false, PUBACKs are withheld. */
  acknowledges: boolean;
  stop(): Promise<void>;
}

const PASSWORD = 'cellar-secret';

async function startBroker(news: EventEmitter, port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const broker: Broker = {
    port: (server.address() as AddressInfo).port,
    heard: [],
    acknowledges: true,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
  aedes.authenticate = (_, user, password, done) =>
    done(null, user === 'gw-cellar' && password?.toString() === PASSWORD);
  aedes.authorizePublish = (client, packet, done) => {
    broker.heard.push({ topic: packet.topic, payload: packet.payload.toString(), client: client?.id ?? '' });
    news.emit('heard');
    if (broker.acknowledges) done(null);
  };
  return broker;
}

let news: EventEmitter;
let broker: Broker;
let publisher: MqttPublisher;

const log: Log = {
  ...silentLog,
  info: (_, text) => news.emit('log', text),
  warn: (fields, text) => news.emit('log', `${(fields as { code?: string }).code}: ${text}`),
};

function connect(password = PASSWORD): MqttPublisher {
  publisher = createMqttPublisher({
    url: `mqtt://127.0.0.1:${broker.port}`,
    username: 'gw-cellar',
    password,
    clientId: 'gw-cellar',
    random: seededRandom(1),
    log,
  });
  return publisher;
}

beforeEach(async () => {
  news = new EventEmitter();
  broker = await startBroker(news);
});
afterEach(async () => {
  await publisher.close();
  await broker.stop();
});

describe('publishing to a broker', () => {
  it.skipIf(isMissing('socat'))(
    'carries a reading from the serial line to the broker in the native format',
    async () => {
      const wire = await layWire();
      const pump = seededPump(7);
      const line = await faultyLine(wire, new Map([[1, pump]]));
      const gateway = await startGateway({
        config: gatewayConfigSchema.parse(configFor(wire, [1])),
        profiles,
        open: openSerialLine,
        publish: connect().publish,
        clock: systemClock,
        log,
      });
      await once(news, 'heard');
      const { topic, payload, client } = broker.heard[0]!;
      expect({ topic, client }).toEqual({ topic: 'site/court/pump/pump-01/telemetry', client: 'gw-cellar' });
      const { ts, ...values } = [JSON.parse(payload)].flat()[0];
      expect(values).toEqual(pump.values());
      expect(Math.abs(Date.now() - ts)).toBeLessThan(5_000);
      expect(await gateway.close()).toBe(0);
      const readings = broker.heard.flatMap((message) => JSON.parse(message.payload));
      expect(gateway.counts).toEqual({ dropped: 0, sent: readings.length });
      await line.port.close();
      await wire.close();
    },
  );

  it('rejects at once while there is no broker, and what was under way when it went', async () => {
    connect();
    await expect(publisher.publish('t', '{}')).rejects.toMatchObject({ code: 'broker_unreachable' });
    await once(news, 'log');
    await publisher.publish('t', '{}');
    broker.acknowledges = false;
    const underWay = publisher.publish('t', '{}');
    await once(news, 'heard');
    const { port } = broker;
    await Promise.all([broker.stop(), expect(underWay).rejects.toThrow('before the PUBACK')]);
    expect(publisher.isConnected()).toBe(false);
    broker = await startBroker(news, port);
    while (!publisher.isConnected()) await once(news, 'log');
    await publisher.publish('t', '{}');
    expect(broker.heard).toHaveLength(1);
  });

  it('says which name was refused, and keeps trying', async () => {
    connect('wrong');
    const [text] = await once(news, 'log');
    expect(text).toContain('login_refused: no connection to the broker');
    expect(text).not.toContain('wrong');
  });
});

describe('the outbox', () => {
  const settled = (outbox: { waiting(): number }): Promise<void> =>
    new Promise((resolve) => {
      const look = (): unknown => (outbox.waiting() === 0 ? resolve() : setTimeout(look, 5));
      look();
    });

  it('loses nothing while the broker is away, keeps the order, and catches up in batches', async () => {
    connect();
    await once(news, 'log');
    const outbox = createOutbox(publisher.publish, 1_000, silentLog);
    const { port } = broker;
    await broker.stop();
    for (let i = 0; i < 450; i++) {
      for (const topic of ['a', 'b']) outbox.add(topic, { ts: i, power_w: 2 * i });
    }
    expect(outbox.waiting()).toBe(900);
    broker = await startBroker(news, port);
    await settled(outbox);
    for (const topic of ['a', 'b']) {
      const payloads = broker.heard.filter((m) => m.topic === topic).map((m) => JSON.parse(m.payload));
      expect(payloads).toHaveLength(5);
      expect(payloads.flat()).toEqual(Array.from({ length: 450 }, (_, i) => ({ ts: i, power_w: 2 * i })));
    }
    expect(outbox.counts).toEqual({ sent: 900, dropped: 0 });
    expect(await outbox.close(1_000)).toBe(0);
  });

  it('keeps the oldest when it is full, counts the rest, and says once that it is', async () => {
    connect();
    await once(news, 'log');
    broker.acknowledges = false;
    let said = 0;
    const outbox = createOutbox(publisher.publish, 3, { ...silentLog, warn: () => said++ });
    for (let i = 0; i < 5; i++) outbox.add('a', { ts: i });
    expect(outbox.counts).toEqual({ sent: 0, dropped: 2 });
    expect(said).toBe(1);
    // It ends in time, and tells what could not be sent.
    expect(await outbox.close(50)).toBe(3);
    expect(JSON.parse(broker.heard[0]!.payload)).toEqual([{ ts: 0 }, { ts: 1 }, { ts: 2 }]);
  });
});
