import type { Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { publishPacket, subscribePacket } from '../broker/raw.testkit.ts';
import { answered, brokerStage, heardBy } from './broker-stage.testkit.ts';

const P1 = 'site/north/pump/p-1/telemetry';

const { broker, start, restart, signIn, published } = brokerStage();

describe('the window of unacknowledged messages', () => {
  it('holds the rest back until there is room', async () => {
    await start({ limits: { maxInflight: 2 } });
    const ann = await signIn('ann');
    ann.send(subscribePacket(1, 'site/#'));
    await ann.next('suback');
    await published('a', 'b', 'c');
    await ann.next('publish');
    await answered(ann);
    expect(heardBy(ann)).toEqual(['a', 'b']);
    const ids = ann.received.flatMap((packet: Packet) =>
      packet.cmd === 'publish' ? [packet.messageId!] : [],
    );
    ann.send({ cmd: 'puback', messageId: ids[1]! });
    await answered(ann);
    expect(heardBy(ann)).toEqual(['a', 'b', 'c']);
  });
});

describe('the QoS of a delivery', () => {
  it.each([
    [2, 1, 1],
    [1, 2, 1],
    [2, 0, 0],
    [0, 2, 0],
  ] as const)(
    'is the lower of that of the message, %d, and that of the filter, %d',
    async (sent, granted, expected) => {
      await start();
      const ann = await signIn('ann', { clean: true });
      ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'site/+/pump/#', qos: granted }] });
      await ann.next('suback');
      const device = await signIn('dev-1', { clean: true });
      device.send(publishPacket(P1, 1, { qos: sent, retain: true }));
      expect((await ann.next('publish')).qos).toBe(expected);
      const late = await signIn('ann', { clean: true, clientId: 'late' });
      late.send({
        cmd: 'subscribe',
        messageId: 1,
        subscriptions: [{ topic: 'site/+/pump/#', qos: granted }],
      });
      expect(await late.next('publish')).toMatchObject({ qos: expected, retain: true });
    },
  );

  it.each([true, false])(
    'is the highest of the filters that name its topic, and it comes once; clean: %s',
    async (clean) => {
      await start();
      const ann = await signIn('ann', { clean });
      const filters = ['site/#', 'site/north/+', 'site/north/x'] as const;
      const subscriptions = filters.map((topic, qos) => ({ topic, qos: qos as 0 | 1 | 2 }));
      ann.send({ cmd: 'subscribe', messageId: 1, subscriptions });
      await ann.next('suback');
      await published('a');
      expect((await ann.next('publish')).qos).toBe(1);
      await answered(ann);
      expect(heardBy(ann)).toEqual(['a']);
    },
  );
});

describe('retained messages', () => {
  it('are there after a restart, and those that were taken away are not', async () => {
    await start();
    await broker().publish('site/north/a', '1', { retain: true });
    await broker().publish('site/north/b', '2', { retain: true });
    await broker().publish('site/north/b', '', { retain: true });
    await restart();
    const ann = await signIn('ann', { clean: true });
    ann.send(subscribePacket(1, 'site/north/+'));
    expect(await ann.next('publish')).toMatchObject({ topic: 'site/north/a', retain: true });
    await answered(ann);
    expect(heardBy(ann)).toEqual(['1']);
  });

  it('are so many at most; those that are there are still replaced', async () => {
    await start({ limits: { maxRetained: 1 } });
    for (const topic of ['a', 'b', 'a'])
      await broker().publish(`site/north/${topic}`, topic, { retain: true });
    await broker().publish('site/north/a', 'A', { retain: true });
    const ann = await signIn('ann', { clean: true });
    ann.send(subscribePacket(1, 'site/north/+'));
    await ann.next('publish');
    await answered(ann);
    expect(heardBy(ann)).toEqual(['A']);
  });

  it('that are too large take the one before away and are not kept', async () => {
    await start({ limits: { maxRetainedBytes: 10 } });
    await broker().publish('site/north/a', 'small', { retain: true });
    await broker().publish('site/north/a', 'x'.repeat(11), { retain: true });
    const ann = await signIn('ann', { clean: true });
    ann.send(subscribePacket(1, 'site/north/+'));
    await ann.next('suback');
    await answered(ann);
    expect(heardBy(ann)).toEqual([]);
  });
});
