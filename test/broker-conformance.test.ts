import { setTimeout as sleep } from 'node:timers/promises';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerOptions } from '../broker/broker.ts';
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

/** What Aedes 1.2.0 does otherwise by itself, packet by packet. */

const P1 = 'site/north/pump/p-1/telemetry';
const TELEMETRY = 'site/+/+/+/telemetry';

let broker: OpenBroker;
const clients: RawClient[] = [];
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await broker.close();
});

async function start(more: Partial<BrokerOptions> = {}): Promise<void> {
  broker = await openBroker({ ...more, limits: { closeTimeoutMs: 100, ...more.limits } });
}
async function signIn(user: string, more: object = {}): Promise<RawClient> {
  const client = await rawSignIn(broker.port, user, more);
  clients.push(client);
  return client;
}
async function stranger(): Promise<RawClient> {
  const client = await rawClient(broker.port);
  clients.push(client);
  return client;
}
const kinds = (client: RawClient): string[] => client.received.map(({ cmd }) => cmd);
/** Answered after everything that was sent before it. */
async function answered(client: RawClient): Promise<void> {
  client.send({ cmd: 'pingreq' });
  await client.next('pingresp');
}

describe('the order of one client', () => {
  it('is kept in what is handed on and in what is acknowledged, also when the disk settles in another', async () => {
    let held = 0;
    const taken: number[] = [];
    await start({
      accept: async (message) => {
        taken.push(Number(Buffer.from(message.payload).toString()));
        // Every third takes long, the others none.
        if (held++ % 3 === 0) await sleep(20);
      },
    });
    const device = await signIn('dev-1');
    const ids = Array.from({ length: 300 }, (_, i) => i + 1);
    device.send(...ids.map((id) => publishPacket(P1, id)));
    const acknowledged: (number | undefined)[] = [];
    for (const _ of ids) acknowledged.push((await device.next('puback')).messageId);
    expect(taken).toEqual(ids);
    expect(acknowledged).toEqual(ids);
  });

  it('is kept for its subscribers', async () => {
    await start({ accept: ({ payload }) => (payload.length % 2 ? sleep(5) : Promise.resolve()) });
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, TELEMETRY));
    await ann.next('suback');
    const device = await signIn('dev-1');
    const ids = Array.from({ length: 120 }, (_, i) => i + 1);
    device.send(...ids.map((id) => publishPacket(P1, id)));
    const heard: string[] = [];
    for (const _ of ids) heard.push(String((await ann.next('publish')).payload));
    expect(heard).toEqual(ids.map(String));
  });

  it('does not lose messages of QoS 1 that others of QoS 0 overtake', async () => {
    await start({ accept: () => sleep(1) });
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, TELEMETRY));
    await ann.next('suback');
    const device = await signIn('dev-1');
    const ids = Array.from({ length: 100 }, (_, i) => i + 1);
    device.send(...ids.map((id) => publishPacket(P1, id, id % 2 ? { qos: 0, messageId: undefined } : {})));
    const heard: number[] = [];
    for (const _ of ids) heard.push(Number(String((await ann.next('publish')).payload)));
    expect(heard.toSorted((a, b) => a - b)).toEqual(ids);
  });

  it('begins with what was sent right behind CONNECT, more than Aedes queues by itself', async () => {
    await start();
    const device = await stranger();
    const ids = Array.from({ length: 200 }, (_, i) => i + 1);
    device.send(connectPacket('dev-1'), ...ids.map((id) => publishPacket(P1, id)));
    const acknowledged: (number | undefined)[] = [];
    for (const _ of ids) acknowledged.push((await device.next('puback')).messageId);
    expect(acknowledged).toEqual(ids);
  });
});

describe('the acknowledgement', () => {
  it.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)('of QoS %d does not leave before the message is kept', async (qos, ack) => {
    let keep = (): void => {};
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    await start({ accept: () => kept });
    const device = await signIn('dev-1');
    device.send(publishPacket(P1, 9, { qos }));
    await answered(device);
    expect(kinds(device)).toEqual(['connack', 'pingresp']);
    keep();
    expect((await device.next(ack)).messageId).toBe(9);
  });

  it('of QoS 2 takes the same message twice as one', async () => {
    await start();
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, TELEMETRY));
    await ann.next('suback');
    const device = await signIn('dev-1');
    device.send(publishPacket(P1, 9, { qos: 2 }));
    await device.next('pubrec');
    device.send(publishPacket(P1, 9, { qos: 2, dup: true }));
    await device.next('pubrec');
    device.send({ cmd: 'pubrel', messageId: 9 });
    await device.next('pubcomp');
    await ann.next('publish');
    await answered(ann);
    expect(kinds(ann).filter((kind) => kind === 'publish')).toHaveLength(1);
  });

  it('comes also for a message that is sent again with DUP', async () => {
    await start();
    const device = await signIn('dev-1');
    device.send(publishPacket(P1, 9), publishPacket(P1, 9, { dup: true }));
    expect((await device.next('puback')).messageId).toBe(9);
    expect((await device.next('puback')).messageId).toBe(9);
    expect(broker.accepted).toHaveLength(2);
  });
});

describe('a packet that is too large', () => {
  const announced = (length: number): Buffer => {
    const header = [0x10];
    for (let left = length; left > 0; left >>= 7) header.push(left > 127 ? (left & 127) | 128 : left);
    return Buffer.from(header);
  };

  it('ends its connection at the header before sign-in, and nothing of it is kept', async () => {
    await start();
    const client = await stranger();
    client.socket.write(announced(64 * 1024 + 1));
    await client.closed;
    const patient = await stranger();
    patient.send(connectPacket('dev-1', { will: { topic: P1, payload: Buffer.alloc(60_000), qos: 0 } }));
    expect((await patient.next('connack')).returnCode).toBe(0);
  });

  it('may be larger after sign-in, up to its limit', async () => {
    await start({ limits: { maxPacketBytes: 200_000 } });
    const device = await signIn('dev-1');
    device.send(publishPacket(P1, 1, { payload: Buffer.alloc(150_000) }));
    await device.next('puback');
    device.send(publishPacket(P1, 2, { payload: Buffer.alloc(200_000) }));
    await device.closed;
    expect(broker.accepted).toHaveLength(1);
  });
});

describe('a subscriber that does not read', () => {
  it('is cut off after the drain timeout, and holds up nobody for longer', async () => {
    await start({ limits: { drainTimeoutMs: 300 } });
    const frozen = await signIn('ann');
    frozen.send(subscribePacket(1, TELEMETRY));
    await frozen.next('suback');
    frozen.socket.pause();
    const device = await signIn('dev-1');
    const payload = Buffer.alloc(100_000, '1');
    for (let id = 1; id <= 100; id++) device.send(publishPacket(P1, id, { payload }));
    for (let id = 1; id <= 100; id++) await device.next('puback');
    await expect.poll(() => broker.connected()).toEqual(['dev-1']);
  });
});

describe('filters', () => {
  it.each(['$share/g/site/#', '$SYS/#', 'a+', 'a/+b', 'site/a+/c', '+a'])(
    '%s is refused, the others of its packet are not',
    async (filter) => {
      await start();
      const ann = await signIn('ann');
      ann.send(subscribePacket(7, 'site/#', filter));
      // What Aedes itself finds malformed ends the connection; it is never granted.
      const granted = await ann.next('suback').then(
        (suback) => suback.granted,
        () => 'ended',
      );
      expect(['ended', [1, 128]]).toContainEqual(granted);
    },
  );

  it('a topic that begins with / is of two levels', async () => {
    await start();
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, '+/+'));
    await ann.next('suback');
    await broker.publish('/foo', 'x');
    expect(await ann.next('publish')).toMatchObject({ topic: '/foo' });
    ann.send({ cmd: 'puback', messageId: 1 });
    await answered(ann);
  });

  it('a retained /foo is for a later +/+ too, and for no + alone', async () => {
    await start();
    await broker.publish('/foo', 'x', { retain: true });
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, '+'), subscribePacket(2, '+/+'));
    expect(await ann.next('publish')).toMatchObject({ topic: '/foo', retain: true });
    await answered(ann);
    expect(kinds(ann).filter((kind) => kind === 'publish')).toHaveLength(1);
  });
});

describe('retained messages', () => {
  it('are replaced by the next, taken away by an empty one, and marked only for later subscribers', async () => {
    await start();
    const early = await signIn('ann', { clientId: 'early' });
    early.send(subscribePacket(1, 'site/#'));
    await early.next('suback');
    const device = await signIn('dev-1');
    device.send(publishPacket(P1, 1, { retain: true }), publishPacket(P1, 2, { retain: true }));
    expect(await early.next('publish')).toMatchObject({ payload: Buffer.from('1'), retain: false });
    expect(await early.next('publish')).toMatchObject({ payload: Buffer.from('2'), retain: false });
    const late = await signIn('ann', { clientId: 'late' });
    late.send(subscribePacket(1, 'site/+/pump/#'));
    expect(await late.next('publish')).toMatchObject({ payload: Buffer.from('2'), retain: true });
    device.send(publishPacket(P1, 3, { retain: true, payload: '' }));
    await early.next('publish');
    const later = await signIn('ann', { clientId: 'later' });
    later.send(subscribePacket(1, P1));
    await later.next('suback');
    await answered(later);
    expect(kinds(later)).not.toContain('publish');
  });
});

describe('protocols', () => {
  it('MQTT 5 is refused with the code that its clients understand, in the form that they read', async () => {
    await start();
    const client = await stranger();
    const bytes: Buffer[] = [];
    client.socket.on('data', (chunk) => bytes.push(chunk));
    const hello: Packet = {
      cmd: 'connect',
      clientId: 'a',
      protocolVersion: 5,
      protocolId: 'MQTT',
      clean: true,
    };
    client.socket.write(generate(hello));
    await client.closed;
    const connack = Buffer.concat(bytes);
    expect(connack[0]).toBe(0x20);
    expect([0x01, 0x84]).toContain(connack[3]);
    expect(connack.length).toBe(connack[1]! + 2);
    await signIn('dev-1');
  });

  it('MQTT 3.1 is spoken', async () => {
    await start();
    const device = await signIn('dev-1', { protocolId: 'MQIsdp', protocolVersion: 3 });
    device.send(publishPacket(P1, 3));
    expect((await device.next('puback')).messageId).toBe(3);
  });

  it('a second CONNECT ends the connection', async () => {
    await start();
    const device = await signIn('dev-1');
    device.send(connectPacket('dev-1'));
    await device.closed;
  });

  it.each<Packet>([
    publishPacket(P1, 1),
    subscribePacket(1, 'site/#'),
    { cmd: 'pingreq' },
    { cmd: 'pubrel', messageId: 1 },
    { cmd: 'disconnect' },
  ])('$cmd before CONNECT ends the connection unanswered', async (packet) => {
    await start();
    const client = await stranger();
    client.send(packet);
    await client.closed;
    expect(client.received).toEqual([]);
    expect(broker.accepted).toEqual([]);
  });
});
