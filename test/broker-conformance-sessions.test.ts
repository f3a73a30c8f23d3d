import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { connectPacket, publishPacket, subscribePacket } from '../broker/raw.testkit.ts';
import { answered, brokerStage, heardBy } from './broker-stage.testkit.ts';

const P1 = 'site/north/pump/p-1/telemetry';

const { broker, start, restart, signIn, leave, published, connect } = brokerStage();

/** Ann subscribes, and goes. */
async function absentAnn(qos: 0 | 1 | 2 = 1, filter = 'site/#'): Promise<void> {
  const ann = await signIn('ann');
  ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos }] });
  await ann.next('suback');
  await leave(ann);
}
describe('a durable session', () => {
  it('is there when its client comes back, and only for the one who asked for it', async () => {
    await start();
    const first = await signIn('ann');
    expect(first.present).toBe(false);
    await leave(first);
    const second = await signIn('ann');
    expect(second.present).toBe(true);
    await leave(second);
    await leave(await signIn('ann', { clean: true }));
    const third = await signIn('ann');
    expect(third.present).toBe(false);
  });

  it('belongs to its user: another with the same client id neither gets it nor takes the connection over', async () => {
    await start();
    await absentAnn();
    await published('secret');
    const other = await signIn('dev-1', { clientId: 'ann' });
    expect(other.present).toBe(false);
    const ann = await signIn('ann');
    expect(ann.present).toBe(true);
    await ann.next('publish');
    await answered(other);
    expect(heardBy(other)).toEqual([]);
  });

  it('needs a client id', async () => {
    await start();
    const client = await connect();
    const bytes = generate(connectPacket('ann', { clientId: '' }));
    const connectFlags = 9;
    bytes[connectFlags]! &= ~2;
    client.socket.write(bytes);
    expect((await client.next('connack')).returnCode).toBe(2);
    await client.closed;
  });

  it.each([false, true])(
    'gets what came while it was away, in order; broker restarted: %s',
    async (restarted) => {
      await start();
      await absentAnn();
      const device = await signIn('dev-1', { clean: true });
      device.send(publishPacket(P1, 1), publishPacket(P1, 2), publishPacket(P1, 3));
      for (let i = 0; i < 3; i++) await device.next('puback');
      await answered(device);
      await published('four');
      if (restarted) await restart();
      const ann = await signIn('ann');
      expect(ann.present).toBe(true);
      for (const expected of ['1', '2', '3', 'four']) {
        const { payload, qos, dup, messageId } = await ann.next('publish');
        expect({ payload: String(payload), qos, dup }).toEqual({ payload: expected, qos: 1, dup: false });
        ann.send({ cmd: 'puback', messageId: messageId! });
      }
      await answered(ann);
      await leave(ann);
      // Its filters are those of before: it need not subscribe again.
      await published('five');
      const again = await signIn('ann');
      expect(String((await again.next('publish')).payload)).toBe('five');
      expect(heardBy(again)).toEqual(['five']);
    },
  );

  it('gets nothing of QoS 0 that came while it was away', async () => {
    await start();
    await absentAnn(0);
    await published('missed');
    const ann = await signIn('ann');
    await answered(ann);
    expect(heardBy(ann)).toEqual([]);
  });

  it.each([false, true])(
    'gets again, with DUP, what it did not acknowledge; restarted: %s',
    async (restarted) => {
      await start();
      const ann = await signIn('ann');
      ann.send(subscribePacket(1, 'site/#'));
      await ann.next('suback');
      await published('a', 'b');
      const [a, b] = [await ann.next('publish'), await ann.next('publish')];
      ann.send({ cmd: 'puback', messageId: a.messageId! });
      await answered(ann);
      await leave(ann);
      if (restarted) await restart();
      const again = await signIn('ann');
      const repeated = await again.next('publish');
      expect(repeated).toMatchObject({ payload: Buffer.from('b'), dup: true, messageId: b.messageId! });
      await answered(again);
      expect(heardBy(again)).toEqual(['b']);
    },
  );

  it.each([false, true])(
    'goes on with QoS 2 where it was: after PUBREC only PUBREL; restarted: %s',
    async (restarted) => {
      await start();
      const ann = await signIn('ann');
      ann.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'site/north/pump/#', qos: 2 }] });
      await ann.next('suback');
      const device = await signIn('dev-1', { clean: true });
      device.send(publishPacket(P1, 7, { qos: 2 }));
      const { messageId, qos } = await ann.next('publish');
      expect(qos).toBe(2);
      ann.send({ cmd: 'pubrec', messageId: messageId! });
      await ann.next('pubrel');
      await leave(ann);
      if (restarted) await restart();
      const again = await signIn('ann');
      expect((await again.next('pubrel')).messageId).toBe(messageId);
      again.send({ cmd: 'pubcomp', messageId: messageId! });
      await answered(again);
      expect(heardBy(again)).toEqual([]);
      await leave(again);
      const third = await signIn('ann');
      await answered(third);
      expect(third.received.map(({ cmd }) => cmd)).toEqual(['connack', 'pingresp']);
    },
  );

  it.each([false, true])(
    'takes a QoS 2 message once that its sender repeats; restarted: %s',
    async (restarted) => {
      await start();
      const device = await signIn('dev-1');
      device.send(publishPacket(P1, 7, { qos: 2 }));
      await device.next('pubrec');
      device.socket.destroy();
      await device.closed;
      const taken = broker().accepted;
      if (restarted) await restart();
      const ann = await signIn('ann');
      ann.send(subscribePacket(1, 'site/#'));
      await ann.next('suback');
      const again = await signIn('dev-1');
      again.send(publishPacket(P1, 7, { qos: 2, dup: true }));
      await again.next('pubrec');
      again.send({ cmd: 'pubrel', messageId: 7 });
      await again.next('pubcomp');
      await answered(ann);
      expect(taken.length).toBeGreaterThan(0);
      expect(heardBy(ann)).toEqual([]);
      again.send(publishPacket(P1, 7, { qos: 2 }));
      await again.next('pubrec');
      expect(String((await ann.next('publish')).payload)).toBe('7');
    },
  );

  it('keeps what waits for it within its bounds: the oldest is dropped and counted', async () => {
    await start({ limits: { maxQueuedMessages: 2 } });
    await absentAnn();
    await published('a', 'b', 'c', 'd');
    expect(broker().traffic().messagesDropped).toBe(2);
    await restart();
    const ann = await signIn('ann');
    await ann.next('publish');
    await ann.next('publish');
    expect(heardBy(ann)).toEqual(['c', 'd']);
  });

  it('keeps no more bytes than it may', async () => {
    await start({ limits: { maxQueuedBytes: 2_500 } });
    await absentAnn();
    await published('a'.repeat(1_000), 'b'.repeat(1_000), 'c'.repeat(1_000));
    const ann = await signIn('ann');
    await ann.next('publish');
    await ann.next('publish');
    await answered(ann);
    expect(heardBy(ann).map((payload) => payload[0])).toEqual(['b', 'c']);
  });

  it('ends when its client stays away for too long, over a restart too', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const limits = { sessionExpiryMs: 60_000 };
    await start({ clock, limits });
    await absentAnn();
    await published('a');
    now += 59_000;
    await restart({ clock, limits });
    const ann = await signIn('ann');
    expect(ann.present).toBe(true);
    await leave(ann);
    now += 61_000;
    await restart({ clock, limits });
    expect((await signIn('ann')).present).toBe(false);
  });

  it('makes room for a new one of the same user when there are too many', async () => {
    let now = Date.now();
    await start({ limits: { maxSessionsPerUser: 2 }, clock: { now: () => ++now } });
    for (const clientId of ['a', 'b', 'c']) await leave(await signIn('ann', { clientId }));
    expect((await signIn('ann', { clientId: 'b' })).present).toBe(true);
    expect((await signIn('ann', { clientId: 'c' })).present).toBe(true);
    expect((await signIn('ann', { clientId: 'a' })).present).toBe(false);
  });

  it('loses filters that its user may no longer have, and what they brought', async () => {
    await start();
    await absentAnn();
    await published('a');
    await restart({ maySubscribe: () => false });
    const ann = await signIn('ann');
    await published('b');
    await answered(ann);
    expect(heardBy(ann)).toEqual([]);
  });

  it('of a user whose credentials are revoked is gone with all that waited', async () => {
    await start();
    await absentAnn();
    await published('a');
    await broker().revoke('ann');
    await restart();
    const ann = await signIn('ann');
    expect(ann.present).toBe(false);
    await answered(ann);
    expect(heardBy(ann)).toEqual([]);
  });

  it('of which none may be kept is a clean one', async () => {
    await start({ limits: { maxSessions: 0 } });
    await absentAnn();
    expect((await signIn('ann')).present).toBe(false);
  });
});
