import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import { systemClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import type { RawMessage } from '../model/reading.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import { startBroker } from './aedes.ts';
import type { Broker, BrokerOptions } from './broker.ts';

/** A broker whose devices dev-1… have `secret of <name>` for their password; `ann` hears everything. */
export interface OpenBroker extends Broker {
  /** What was handed on, in that order. */
  readonly accepted: RawMessage[];
  readonly refused: RawMessage[];
}

export async function openBroker(more: Partial<BrokerOptions> = {}): Promise<OpenBroker> {
  const accepted: RawMessage[] = [];
  const refused: RawMessage[] = [];
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    clock: systemClock,
    log: silentLog,
    authenticate: async ({ user, password }) => password === `secret of ${user}`,
    isDevice: async () => false,
    mayPublish: (user, topic) => user === 'ann' || !topic.includes('/p-') || topic.includes(user.slice(4)),
    maySubscribe: (user, filter) => user === 'ann' && !filter.startsWith('$'),
    isForSubscribers: (topic) => parseTelemetryTopic(topic) !== undefined,
    accept: async (message) => {
      accepted.push(message);
    },
    refuse: async (message) => {
      refused.push(message);
    },
    ...more,
  });
  return { ...broker, accepted, refused };
}

/** A client that says what it is told to, right or wrong. */
export interface RawClient {
  readonly socket: Socket;
  /** Packets that came, oldest first. */
  readonly received: Packet[];
  send(...packets: readonly Packet[]): void;
  /** The first packet of that kind that was not yet given out. Rejects when the connection ends before. */
  next<C extends Packet['cmd']>(cmd: C): Promise<Extract<Packet, { cmd: C }>>;
  readonly closed: Promise<void>;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  const received: Packet[] = [];
  const given = new Set<Packet>();
  const incoming = parser({ protocolVersion: 4 });
  incoming.on('packet', (packet: Packet) => {
    received.push(packet);
    socket.emit('mqtt');
  });
  socket.on('data', (bytes) => incoming.parse(bytes));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    received,
    closed,
    send: (...packets) => {
      socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
    },
    next: async (cmd) => {
      for (;;) {
        const packet = received.find((one) => one.cmd === cmd && !given.has(one));
        if (packet) {
          given.add(packet);
          return packet as Extract<Packet, { cmd: typeof cmd }>;
        }
        if (socket.destroyed) throw new Error(`the connection ended without ${cmd}`);
        await Promise.race([once(socket, 'mqtt'), closed]);
      }
    },
  };
}

export function connectPacket(user: string, more: object = {}): Packet {
  const password = Buffer.from(`secret of ${user}`);
  return { cmd: 'connect', clientId: user, username: user, password, clean: true, keepalive: 60, ...more };
}

export async function rawSignIn(port: number, user: string, more: object = {}): Promise<RawClient> {
  const client = await rawClient(port);
  client.send(connectPacket(user, more));
  const { returnCode } = await client.next('connack');
  if (returnCode !== 0) throw new Error(`refused: ${returnCode}`);
  return client;
}

export function publishPacket(topic: string, messageId: number, more: object = {}): Packet {
  const payload = Buffer.from(String(messageId));
  return { cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false, ...more };
}

export function subscribePacket(messageId: number, ...filters: readonly string[]): Packet {
  return { cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) };
}
