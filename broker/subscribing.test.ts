import { describe, expect, it } from 'vitest';
import { keptBroker, P1 } from './kept-broker.testkit.ts';

const at = keptBroker();

describe('subscribing', () => {
  it('hears telemetry after it is durable, and what Steward publishes, retained or not', async () => {
    await at.broker.publish('site/north/sign/s-1/set', '12', { retain: true });
    const ann = await at.signIn('ann');
    const heard: string[] = [];
    ann.on('message', (topic, payload) => heard.push(`${topic} ${payload} ${at.journal.head()}`));
    await ann.subscribeAsync('site/north/#', { qos: 1 });
    await expect.poll(() => heard).toEqual(['site/north/sign/s-1/set 12 0']);
    const device = await at.signIn('dev-1');
    await device.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    await at.broker.publish('site/north/ticket/t-1', Buffer.from('opened'));
    await expect
      .poll(() => heard.slice(1))
      .toEqual([`${P1} {"power_w":1} 1`, 'site/north/ticket/t-1 opened 1']);
  });

  it.each(['#', '+/#', '$SYS/#', '$share/g/site/#', 'site/a+', 'site/#/x', 'other/x'])(
    'is refused for %s',
    async (filter) => {
      const raw = await at.signIn('ann');
      await expect(raw.subscribeAsync(filter)).rejects.toThrow();
      expect(raw.connected).toBe(true);
    },
  );

  it('is refused for a device without the right, and the log says so', async () => {
    const device = await at.signIn('dev-1');
    await expect(device.subscribeAsync('site/#')).rejects.toThrow();
    expect(at.logged.map(({ fields }) => fields['code'])).toContain('subscription_forbidden');
  });
});
