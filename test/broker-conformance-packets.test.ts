import { generate, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connectPacket,
  type OpenBroker,
  openBroker,
  publishPacket,
  type RawClient,
  rawClient,
  rawSignIn,
  subscribePacket,
} from '../broker/raw.testkit.ts';

/** Packets that Aedes and mqtt-packet take although MQTT 3.1.1 forbids them. */

let broker: OpenBroker;
let logged: { code?: string }[];
const clients: RawClient[] = [];
beforeEach(async () => {
  logged = [];
  const note = (fields: object): void => void logged.push(fields);
  const log = { debug() {}, info: note, warn: note, error: note };
  broker = await openBroker({ log, limits: { closeTimeoutMs: 100 } });
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await broker.close();
});

async function stranger(): Promise<RawClient> {
  const client = await rawClient(broker.port);
  clients.push(client);
  return client;
}
async function signIn(user = 'ann'): Promise<RawClient> {
  const client = await rawSignIn(broker.port, user);
  clients.push(client);
  return client;
}
const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};
/** A packet of fewer than 128 bytes. */
const packet = (type: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([type, body.length]), body]);
};
const ID = Buffer.from([0, 9]);
const ZERO = Buffer.from([0, 0]);
const QOS0 = Buffer.from([0]);
const connect = (level: number, flags: number, ...payload: readonly Buffer[]): Buffer =>
  packet(0x10, text('MQTT'), Buffer.from([level, flags, 0, 60]), ...payload);
const SURROGATE = Buffer.from([0x61, 0xed, 0xa0, 0x80]);

describe('a CONNECT that is none', () => {
  it.each([
    ['bytes after its end', connect(4, 2, text('c'), Buffer.from([0]))],
    ['a will of QoS 3', connect(4, 0x1e, text('c'), text('t'), text('p'))],
    ['a user name that its flags do not tell', connect(4, 2, text('c'), text('ann'))],
    ['a password without a user name', connect(4, 0x42, text('c'), text('secret'))],
    ['U+0000 in its client id', connect(4, 2, text('a\0b'))],
    ['a line break in its user name', connect(4, 0x82, text('c'), text('ann\nx'))],
    ['a will topic that is no UTF-8', connect(4, 0x06, text('c'), text(SURROGATE), text('p'))],
  ])('is cut off unanswered: %s', async (_, bytes) => {
    const client = await stranger();
    client.socket.write(bytes);
    await client.closed;
    expect(client.received).toEqual([]);
    expect(logged.map(({ code }) => code)).toEqual(['packet_malformed']);
  });

  it.each([
    ['MQTT with the level of MQIsdp', connect(3, 2, text('c'))],
    ['level 6', connect(6, 2, text('c'))],
    ['MQIsdp with level 4', packet(0x10, text('MQIsdp'), Buffer.from([4, 2, 0, 60]), text('c'))],
  ])('of another version is told so: %s', async (_, bytes) => {
    const client = await stranger();
    client.socket.write(bytes);
    expect((await client.next('connack')).returnCode).toBe(1);
    await client.closed;
  });
});

describe('a packet that is malformed', () => {
  const filter = (name: string | Buffer) => packet(0x82, ID, text(name), QOS0);
  const unsubscribe = (name: string | Buffer) => packet(0xa2, ID, text(name));
  const publish = (name: string | Buffer) => packet(0x30, text(name), 'x');
  const names: [string, Buffer | string][] = [
    ['U+0000', 'a\0b'],
    ['U+0001', 'a\u0001'],
    ['U+009F', 'a\u009f'],
    ['U+FFFF', 'a\uffff'],
    ['bytes that are no UTF-8', SURROGATE],
    ['nothing', ''],
  ];
  const malformed: readonly (readonly [what: string, bytes: Buffer])[] = [
    ...names.map(([what, name]) => [`SUBSCRIBE to ${what}`, filter(name)] as const),
    ...names.map(([what, name]) => [`UNSUBSCRIBE from ${what}`, unsubscribe(name)] as const),
    ...names.map(([what, name]) => [`PUBLISH to ${what}`, publish(name)] as const),
    ...['a+', 'a/+b', 'a/#/b', 'a#'].map((name) => [`SUBSCRIBE to ${name}`, filter(name)] as const),
    ...['a+', 'a/#/b'].map((name) => [`UNSUBSCRIBE from ${name}`, unsubscribe(name)] as const),
    ...['a/+', '#'].map((name) => [`PUBLISH to ${name}`, publish(name)] as const),
    ['PUBLISH of QoS 0 with DUP', packet(0x38, text('a'), 'x')],
    ['PUBLISH of QoS 1 with id 0', packet(0x32, text('a'), ZERO, 'x')],
    ['PUBLISH of QoS 1 without id', packet(0x32, text('a'))],
    ['PUBLISH of QoS 3', packet(0x36, text('a'), ID, 'x')],
    ['SUBSCRIBE with id 0', packet(0x82, ZERO, text('a'), QOS0)],
    ['SUBSCRIBE without a filter', packet(0x82, ID)],
    ['SUBSCRIBE at QoS 3', packet(0x82, ID, text('a'), Buffer.from([3]))],
    ['SUBSCRIBE with wrong flags', packet(0x80, ID, text('a'), QOS0)],
    ['UNSUBSCRIBE with id 0', packet(0xa2, ZERO, text('a'))],
    ['UNSUBSCRIBE without a filter', packet(0xa2, ID)],
    ...([0x40, 0x50, 0x62, 0x70] as const).flatMap((type) => [
      [`acknowledgement 0x${type.toString(16)} with id 0`, packet(type, ZERO)] as const,
      [`acknowledgement 0x${type.toString(16)} that is too long`, packet(type, ID, QOS0)] as const,
      [`acknowledgement 0x${type.toString(16)} of one byte`, packet(type, QOS0)] as const,
      [`acknowledgement 0x${type.toString(16)} of none`, packet(type)] as const,
    ]),
    ['PINGREQ with a body', packet(0xc0, QOS0)],
    ['DISCONNECT with a body', packet(0xe0, QOS0)],
    ['CONNACK', packet(0x20, ZERO)],
    ['SUBACK', packet(0x90, ID, QOS0)],
    ['PINGRESP', packet(0xd0)],
    ['type 0', packet(0x00)],
    ['AUTH', packet(0xf0)],
  ];
  it.each(malformed)('ends its connection: %s', async (_, bytes) => {
    const ann = await signIn();
    ann.socket.write(bytes);
    await ann.closed;
    expect(ann.received.map(({ cmd }) => cmd)).toEqual(['connack']);
    expect(broker.accepted).toEqual([]);
    expect(logged.map(({ code }) => code)).toEqual(['packet_malformed']);
  });
});

describe('the steps of a delivery', () => {
  /** Ann is sent one message at this QoS, which she has not answered. */
  async function underWay(qos: 1 | 2): Promise<{ readonly ann: RawClient; readonly messageId: number }> {
    const ann = await signIn();
    ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'site/#', qos }] });
    await ann.next('suback');
    const device = await signIn('dev-1');
    device.send(publishPacket('site/north/pump/p-1/telemetry', 1, { qos }));
    return { ann, messageId: (await ann.next('publish')).messageId! };
  }
  const step = (cmd: 'puback' | 'pubrec' | 'pubcomp', messageId: number): Packet => ({ cmd, messageId });

  it.each([
    [1, ['pubrec']],
    [1, ['pubcomp']],
    [2, ['puback']],
    [2, ['pubcomp']],
    [2, ['pubrec', 'puback']],
  ] as const)('of QoS %d are not %j: the connection ends', async (qos, steps) => {
    const { ann, messageId } = await underWay(qos);
    for (const cmd of steps) ann.send(step(cmd, messageId));
    await ann.closed;
    expect(logged.map(({ code }) => code)).toContain('packet_malformed');
  });

  it.each([
    [1, ['puback']],
    [2, ['pubrec', 'pubcomp']],
    [2, ['pubrec', 'pubrec', 'pubcomp']],
  ] as const)('of QoS %d are %j', async (qos, steps) => {
    const { ann, messageId } = await underWay(qos);
    for (const cmd of steps) ann.send(step(cmd, messageId));
    ann.send({ cmd: 'pingreq' });
    await ann.next('pingresp');
  });

  it('of no message that is known are answered or ignored', async () => {
    const ann = await signIn();
    ann.send(step('puback', 7), step('pubcomp', 7), step('pubrec', 7), { cmd: 'pubrel', messageId: 7 });
    expect((await ann.next('pubrel')).messageId).toBe(7);
    expect((await ann.next('pubcomp')).messageId).toBe(7);
    ann.send(subscribePacket(1, 'site/#'));
    await ann.next('suback');
  });
});

it('what is right is taken, whatever letters its names have', async () => {
  const client = await stranger();
  client.socket.write(generate(connectPacket('ann', { clientId: 'Größe 温度 😀' })));
  expect((await client.next('connack')).returnCode).toBe(0);
  client.send(subscribePacket(1, 'site/Größe 温度 😀/#'));
  expect((await client.next('suback')).granted).toEqual([1]);
});
