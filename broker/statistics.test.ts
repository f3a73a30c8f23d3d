import { afterEach, describe, expect, it } from 'vitest';
import {
  type OpenBroker,
  openBroker,
  publishPacket,
  type RawClient,
  rawSignIn,
  subscribePacket,
} from './raw.testkit.ts';
import { createStatistics } from './statistics.ts';
import { newTraffic } from './traffic.ts';

describe('the statistics of the broker', () => {
  it('are counts since it was started, and averages of a minute', () => {
    let now = 5_000;
    const traffic = newTraffic();
    const read = createStatistics({
      version: '1.2.3',
      traffic,
      now: () => now,
      clients: () => 3,
      sessions: () => 2,
      queued: () => 7,
      retained: () => 1,
    });
    const value = (name: string): string | undefined =>
      new Map(read().map(([topic, text]) => [topic, text])).get(`$SYS/broker/${name}`);
    expect(value('uptime')).toBe('0');
    expect(value('version')).toBe('1.2.3');
    // 10 a second for ten minutes are 600 a minute, whatever the steps in which they are looked at.
    for (let i = 0; i < 60; i++) {
      now += 10_000;
      traffic.messagesReceived += 100;
      read();
    }
    expect(value('messages/received')).toBe('6000');
    expect(Number(value('load/messages/received/1min'))).toBeCloseTo(600, 0);
    expect(value('load/messages/sent/1min')).toBe('0.00');
    expect(value('uptime')).toBe('600');
    now += 60_000;
    expect(Number(value('load/messages/received/1min'))).toBeCloseTo(600 / Math.E, 0);
  });
});

describe('under $SYS', () => {
  let broker: OpenBroker;
  const clients: RawClient[] = [];
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await broker.close();
  });
  const start = async (): Promise<void> => {
    broker = await openBroker({
      maySubscribe: (user, filter) => user === 'boss' || (user === 'ann' && !filter.startsWith('$')),
      limits: { statisticsEveryMs: 50, closeTimeoutMs: 100 },
    });
  };
  const signIn = async (user: string): Promise<RawClient> => {
    const client = await rawSignIn(broker.port, user);
    clients.push(client);
    return client;
  };

  it('they are told again and again, and at once to who subscribes', async () => {
    await start();
    const device = await signIn('dev-1');
    device.send(publishPacket('site/north/pump/p-1/telemetry', 1));
    await device.next('puback');
    const boss = await signIn('boss');
    boss.send(subscribePacket(1, '$SYS/broker/messages/received', '$SYS/broker/version'));
    expect((await boss.next('suback')).granted).toEqual([1, 1]);
    const heard = () =>
      boss.received.flatMap((packet) =>
        packet.cmd === 'publish' ? [`${packet.topic} ${packet.payload}`] : [],
      );
    await expect.poll(heard).toContain('$SYS/broker/messages/received 1');
    await expect.poll(heard).toContain('$SYS/broker/version test');
  });

  it('they are heard by nobody without the right, and not by way of wildcards', async () => {
    await start();
    const boss = await signIn('boss');
    boss.send(subscribePacket(1, '$SYS/broker/uptime'));
    for (const [user, filters] of [
      ['ann', ['#', '+/broker/#', '+/#']],
      ['ann', ['$SYS/#', '$SYS/broker/version', '$SYS/+/version']],
      ['dev-1', ['$SYS/#', '#', '$SYS/broker/version']],
    ] as const) {
      const client = await signIn(user);
      client.send(subscribePacket(1, ...filters));
      await client.next('suback');
      const before = boss.received.length;
      await expect.poll(() => boss.received.length).toBeGreaterThan(before + 2);
      client.send({ cmd: 'pingreq' });
      await client.next('pingresp');
      expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack', 'suback', 'pingresp']);
      client.socket.destroy();
      await client.closed;
    }
  });

  it('nobody else publishes', async () => {
    await start();
    const boss = await signIn('boss');
    boss.send(subscribePacket(1, '$SYS/#'));
    await boss.next('suback');
    const device = await signIn('dev-1');
    device.send(publishPacket('$SYS/broker/version', 1, { retain: true, payload: 'forged' }));
    await device.next('puback');
    await expect.poll(() => boss.received.length).toBeGreaterThan(30);
    expect(boss.received.map((packet) => packet.cmd === 'publish' && String(packet.payload))).not.toContain(
      'forged',
    );
  });
});
