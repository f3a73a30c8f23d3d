import { describe, expect, it } from 'vitest';
import { byHand, keptBroker, P1 } from './kept-broker.testkit.ts';

const at = keptBroker();

describe('acknowledging', () => {
  it('keeps the order of one client, whatever is durable first', async () => {
    const held = byHand();
    const device = await at.signIn('dev-1');
    const acks: number[] = [];
    at.disk = held.promise;
    const first = device.publishAsync(P1, '{"power_w":1}', { qos: 1 }).then(() => acks.push(1));
    await device.publishAsync(P1, 'settled before', { qos: 0 });
    const second = device.publishAsync(P1, 'not json', { qos: 1 }).then(() => acks.push(2));
    await expect.poll(() => at.quarantine.counts().total).toBe(2);
    expect(acks).toEqual([]);
    held.settle();
    await Promise.all([first, second]);
    expect(acks).toEqual([1, 2]);
  });

  it('keeps it between telemetry and what goes another way', async () => {
    const device = await at.signIn('dev-1');
    const topics = [P1, 'site/north/elsewhere', P1, `${P1}/deeper`, P1, P1];
    const acks: number[] = [];
    await Promise.all(
      topics.map((topic, i) =>
        device.publishAsync(topic, '{"power_w":1}', { qos: 1 }).then(() => acks.push(i)),
      ),
    );
    expect(acks).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('journals the messages of one client in the order in which it sent them', async () => {
    const device = await at.signIn('dev-1');
    const numbers = Array.from({ length: 900 }, (_, i) => i);
    await Promise.all(
      numbers.map((n) => device.publishAsync(P1, `{"power_w":${n}}`, { qos: n % 2 ? 1 : 0 })),
    );
    await expect.poll(at.powers).toEqual(numbers);
  });

  it('never happens for what could not be kept: the client is disconnected instead', async () => {
    const device = await at.signIn('dev-1');
    const held = byHand();
    at.disk = held.promise;
    const closed = new Promise((resolve) => device.once('close', () => resolve('closed')));
    const acknowledged = device.publishAsync(P1, '{"power_w":1}', { qos: 1 }).then(
      () => 'acknowledged',
      () => 'failed',
    );
    held.fail(new Error('disk full'));
    expect(await Promise.race([closed, acknowledged])).toBe('closed');
    expect(at.logged.map(({ text }) => text)).toContain(
      'a message could not be kept: it is not acknowledged',
    );
    at.disk = Promise.resolve();
    const again = await at.signIn('dev-1');
    await again.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    expect(at.powers()).toEqual([1]);
  });
});
