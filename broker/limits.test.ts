import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerOptions } from './broker.ts';
import type { BrokerLimits } from './limits.ts';
import {
  connectPacket,
  type OpenBroker,
  openBroker,
  publishPacket,
  type RawClient,
  rawClient,
  rawSignIn,
  subscribePacket,
} from './raw.testkit.ts';

const P1 = 'site/north/pump/p-1/telemetry';

let broker: OpenBroker | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await broker?.close();
  broker = undefined;
});

async function open(limits: Partial<BrokerLimits>, more: Partial<BrokerOptions> = {}): Promise<number> {
  broker = await openBroker({ limits, ...more });
  return broker.port;
}

async function signIn(port: number, user: string, clientId = user): Promise<RawClient> {
  const client = await rawSignIn(port, user, { clientId });
  sockets.push(client.socket);
  return client;
}

/** The return code that a sign-in is answered with. */
async function answer(port: number, user: string, password: string): Promise<number | undefined> {
  const client = await rawClient(port);
  client.send(connectPacket(user, { password: Buffer.from(password) }));
  const { returnCode } = await client.next('connack');
  client.socket.destroy();
  await client.closed;
  return returnCode;
}

describe('connections of one user', () => {
  it('are so many at most; one that ends makes room, and one that takes over needs none', async () => {
    const port = await open({ maxConnectionsPerUser: 2 });
    const first = await signIn(port, 'dev-1', 'a');
    await signIn(port, 'dev-1', 'b');
    await expect(signIn(port, 'dev-1', 'c')).rejects.toThrow('refused: 3');
    await signIn(port, 'dev-2', 'd');
    await signIn(port, 'dev-1', 'b');
    first.socket.end();
    await first.closed;
    await expect.poll(() => broker?.health().detail).toContain('2 clients');
    await signIn(port, 'dev-1', 'c');
  });

  it('all end when the user is disconnected, also one that is just coming in', async () => {
    const port = await open({});
    const clients = [await signIn(port, 'dev-1', 'a'), await signIn(port, 'dev-1', 'b')];
    await broker?.revoke('dev-1');
    await Promise.all(clients.map(({ closed }) => closed));
    expect(broker?.connected()).toEqual([]);
  });
});

describe('messages a second', () => {
  it('beyond the limit are taken and acknowledged later, all of them, in order', async () => {
    const port = await open({ maxMessagesPerSecond: 100 });
    const device = await signIn(port, 'dev-1');
    const begun = performance.now();
    const ids = Array.from({ length: 130 }, (_, i) => i + 1);
    device.send(...ids.map((id) => publishPacket(P1, id)));
    const acknowledged: (number | undefined)[] = [];
    for (const _ of ids) acknowledged.push((await device.next('puback')).messageId);
    expect(acknowledged).toEqual(ids);
    expect(broker?.accepted).toHaveLength(130);
    // 100 at once, the last of the others 300 ms later.
    expect(performance.now() - begun).toBeGreaterThan(250);
  });

  it('are counted by their bytes too', async () => {
    const port = await open({ maxBytesPerSecond: 10_000, burstSeconds: 2 });
    const device = await signIn(port, 'dev-1');
    const begun = performance.now();
    const payload = Buffer.alloc(10_000);
    device.send(...[1, 2, 3].map((id) => publishPacket(P1, id, { payload })));
    await device.next('puback');
    await device.next('puback');
    expect(performance.now() - begun).toBeLessThan(900);
    await device.next('puback');
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('of one device do not hold up another', async () => {
    const port = await open({ maxMessagesPerSecond: 1, closeTimeoutMs: 50 });
    const fast = await signIn(port, 'dev-1');
    fast.send(...Array.from({ length: 60 }, (_, i) => publishPacket(P1, i + 1)));
    await fast.next('puback');
    const other = await signIn(port, 'dev-2');
    other.send(publishPacket('site/north/pump/p-2/telemetry', 7));
    expect((await other.next('puback')).messageId).toBe(7);
    expect(fast.received.filter(({ cmd }) => cmd === 'puback').length).toBeLessThan(5);
  });
});

describe('wrong passwords', () => {
  it('rest the name for that address, right ones included, until the time is over', async () => {
    let now = 1_000_000;
    let asked = 0;
    const port = await open(
      { maxFailedSignIns: 3, signInRestMs: 60_000, closeTimeoutMs: 50 },
      {
        clock: { now: () => now },
        authenticate: async ({ user, password }) => {
          asked++;
          return password === `secret of ${user}`;
        },
      },
    );
    for (let i = 0; i < 3; i++) expect(await answer(port, 'dev-1', 'guess')).toBe(4);
    expect(asked).toBe(3);
    expect(await answer(port, 'dev-1', 'secret of dev-1')).toBe(4);
    expect(asked).toBe(3);
    expect(await answer(port, 'dev-2', 'secret of dev-2')).toBe(0);
    now += 60_000;
    expect(await answer(port, 'dev-1', 'secret of dev-1')).toBe(0);
  });
});

describe('subscriptions of one connection', () => {
  it('are so many at most; the same again counts once, and giving one up makes room', async () => {
    const port = await open({ maxSubscriptions: 2 });
    const ann = await signIn(port, 'ann');
    ann.send(subscribePacket(1, 'a', 'b', 'c'));
    expect((await ann.next('suback')).granted).toEqual([1, 1, 128]);
    ann.send(subscribePacket(2, 'a'), { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['b'] });
    expect((await ann.next('suback')).granted).toEqual([1]);
    await ann.next('unsuback');
    ann.send(subscribePacket(4, 'c', 'd'));
    expect((await ann.next('suback')).granted).toEqual([1, 128]);
  });
});

describe('what is kept in memory', () => {
  it('messages of QoS 2 left half way close their connection when they are too many', async () => {
    const port = await open({ maxInflightQos2: 3 });
    const device = await signIn(port, 'dev-1');
    for (let id = 1; id <= 3; id++) {
      device.send(publishPacket(P1, id, { qos: 2 }));
      await device.next('pubrec');
    }
    device.send(publishPacket(P1, 4, { qos: 2 }));
    await device.closed;
  });

  it('a retained message is kept for later subscribers up to a size', async () => {
    const port = await open({ maxRetainedBytes: 10 });
    const device = await signIn(port, 'dev-1');
    const small = publishPacket(P1, 1, { retain: true, payload: 'small' });
    const large = publishPacket('site/north/pump/p-1x/telemetry', 2, {
      retain: true,
      payload: 'x'.repeat(11),
    });
    device.send(small, large);
    await device.next('puback');
    await device.next('puback');
    const ann = await signIn(port, 'ann');
    ann.send(subscribePacket(1, 'site/#'), { cmd: 'pingreq' });
    expect(await ann.next('publish')).toMatchObject({ topic: P1, retain: true });
    ann.send({ cmd: 'pingreq' });
    await ann.next('pingresp');
    expect(ann.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(1);
  });

  it('a subscriber that does not read is cut off when too much waits in its socket', async () => {
    const port = await open({ maxOutboundBytes: 1_000_000, drainTimeoutMs: 20_000 });
    const ann = await signIn(port, 'ann');
    ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'site/#', qos: 0 }] });
    await ann.next('suback');
    ann.socket.pause();
    const payload = Buffer.alloc(200_000);
    const publishing = Array.from({ length: 100 }, () => broker?.publish('site/north/x', payload));
    // Nobody is held up for long: the frozen one goes, not after the drain timeout but at once.
    await Promise.all(publishing);
    await expect.poll(() => broker?.connected()).toEqual([]);
  }, 10_000);

  it('what waits for a slow subscriber of QoS 1 is bounded: the oldest is dropped, the connection stays', async () => {
    const port = await open({ maxInflight: 2, maxQueuedMessages: 3 });
    const ann = await signIn(port, 'ann');
    ann.send(subscribePacket(1, 'site/#'));
    await ann.next('suback');
    for (let i = 1; i <= 10; i++) await broker?.publish('site/north/x', String(i));
    const heard: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { payload, messageId } = await ann.next('publish');
      heard.push(String(payload));
      ann.send({ cmd: 'puback', messageId: messageId! });
    }
    // Two were on their way, three may wait.
    expect(heard).toEqual(['1', '2', '8', '9', '10']);
  });
});
