import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import { credentials, type TestBroker, testBroker } from './broker.testkit.ts';
import { connectFleet, type FleetLink, type FleetLinkOptions } from './transport.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function broker(port?: number): Promise<TestBroker> {
  const made = await testBroker(port);
  closers.push(made.close);
  return made;
}

async function link(
  url: string,
  ids: readonly string[],
  more: Partial<FleetLinkOptions> = {},
): Promise<FleetLink> {
  const devices = ids.map((device) => ({ device }));
  const made = await connectFleet({
    url,
    credentials,
    devices,
    log: silentLog,
    random: seededRandom(1),
    ...more,
  });
  closers.push(() => made.close(0));
  return made;
}

const payloads = ({ arrived }: TestBroker, client: string): string[] =>
  arrived.filter((one) => one.client === client).map(({ payload }) => payload);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
const sendAll = (to: FleetLink, device: string, messages: readonly string[]): Promise<unknown> =>
  Promise.all(messages.map((message) => to.send(device, 't', message)));

describe('a fleet over MQTT', () => {
  test('sends in order, resolves when acknowledged, and leaves nothing behind', async () => {
    const aedes = await broker();
    const fleet = await link(aedes.url, ['dev-a', 'dev-b']);
    expect(fleet.connected()).toBe(2);
    await Promise.all([sendAll(fleet, 'dev-a', numbers(500)), sendAll(fleet, 'dev-b', numbers(500))]);
    expect(payloads(aedes, 'dev-a')).toEqual(numbers(500));
    expect(payloads(aedes, 'dev-b')).toEqual(numbers(500));
    expect(await fleet.close()).toEqual({ unacknowledged: 0 });
    await expect.poll(() => aedes.connected()).toBe(0);
    await expect(fleet.send('dev-a', 't', 'late')).rejects.toThrow('closed');
    await expect(fleet.send('dev-c', 't', 'whose?')).rejects.toThrow('no device "dev-c"');
  });

  test('keeps no more on the wire than its window', async () => {
    const aedes = await broker();
    aedes.onPublish = () => 'hold';
    const fleet = await link(aedes.url, ['dev-a'], { window: 5, outboxLimit: 20 });
    const sent = numbers(30).map((message) => fleet.send('dev-a', 't', message));
    const results = Promise.allSettled(sent);
    await expect.poll(() => aedes.arrived.length).toBe(5);
    expect(fleet.unacknowledged()).toBe(25);
    expect(await fleet.close(50)).toEqual({ unacknowledged: 25 });
    expect(aedes.arrived).toHaveLength(5);
    const reasons = (await results).map((one) =>
      one.status === 'rejected' ? String(one.reason) : 'resolved',
    );
    expect(reasons.filter((reason) => reason.includes('before the broker acknowledged'))).toHaveLength(25);
    expect(reasons.filter((reason) => reason.includes('outbox is full'))).toHaveLength(5);
  });

  test('a PUBACK that is lost with its connection: sent again, acknowledged once', async () => {
    const aedes = await broker();
    const seen = new Set<string>();
    aedes.onPublish = ({ payload }) => {
      const first = !seen.has(payload);
      seen.add(payload);
      return first && Number(payload) % 40 === 17 ? 'lose' : 'acknowledge';
    };
    const fleet = await link(aedes.url, ['dev-a']);
    let resolved = 0;
    await Promise.all(
      numbers(100).map((message) => fleet.send('dev-a', 't', message).then(() => resolved++)),
    );
    expect(resolved).toBe(100);
    const arrived = payloads(aedes, 'dev-a');
    expect(new Set(arrived)).toEqual(new Set(numbers(100)));
    expect(arrived.filter((payload) => payload === '17')).toHaveLength(2);
    expect(arrived.filter((payload) => payload === '57')).toHaveLength(2);
    // Nothing overtakes: each number's last arrival is in order.
    const lastAt = numbers(100).map((payload) => arrived.lastIndexOf(payload));
    expect(lastAt).toEqual([...lastAt].sort((a, b) => a - b));
  });

  test('a PUBACK that never comes on a living connection: sent again over a new one', async () => {
    const aedes = await broker();
    let held = 0;
    aedes.onPublish = () => (held++ === 0 ? 'hold' : 'acknowledge');
    const fleet = await link(aedes.url, ['dev-a'], { ackTimeoutMs: 200 });
    await fleet.send('dev-a', 't', 'hello');
    expect(payloads(aedes, 'dev-a')).toEqual(['hello', 'hello']);
  });

  test('keeps what is measured while the broker is away', async () => {
    const first = await testBroker();
    const fleet = await link(first.url, ['dev-a', 'dev-b']);
    await fleet.send('dev-a', 't', 'before');
    await first.close();
    await expect.poll(() => fleet.connected()).toBe(0);
    const sent = [sendAll(fleet, 'dev-a', numbers(50)), sendAll(fleet, 'dev-b', numbers(50))];
    expect(fleet.unacknowledged()).toBe(100);
    const second = await broker(first.port);
    await Promise.all(sent);
    expect(payloads(second, 'dev-a')).toEqual(numbers(50));
    expect(payloads(second, 'dev-b')).toEqual(numbers(50));
  });

  test('heals after every cut', async () => {
    const aedes = await broker();
    const fleet = await link(aedes.url, ['dev-a', 'dev-b', 'dev-c']);
    for (let round = 0; round < 3; round++) {
      aedes.cut();
      await Promise.all(
        ['dev-a', 'dev-b', 'dev-c'].map((device) => fleet.send(device, 't', `round ${round}`)),
      );
    }
    expect(new Set(payloads(aedes, 'dev-c'))).toEqual(new Set(['round 0', 'round 1', 'round 2']));
  });

  test('a wrong password ends the attempt with the name of the device, and no connection is left', async () => {
    const aedes = await broker();
    aedes.refused.add('dev-b');
    await expect(link(aedes.url, ['dev-a', 'dev-b', 'dev-c'])).rejects.toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining('refuses dev-b'),
    });
    await expect.poll(() => aedes.connected()).toBe(0);
  });

  test('no broker: says so after the time allowed; aborted: at once', async () => {
    const nobody = await broker();
    await nobody.close();
    closers.pop();
    await expect(link(nobody.url, ['dev-a'], { connectTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'broker_unreachable',
    });
    await expect(
      link(nobody.url, ['dev-a'], { signal: AbortSignal.abort(new Error('Ctrl-C')) }),
    ).rejects.toThrow('Ctrl-C');
  });
});
