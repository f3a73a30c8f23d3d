import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_USER, type Mosquitto, PASSWORD, startMosquitto } from '../broker/link-mosquitto.testkit.ts';
import { mosquitto } from '../broker/mosquitto.testkit.ts';
import type { ReadingsView } from '../model/views/site.ts';
import { isMissing } from './engines.testkit.ts';
import { type LinkedOptions, type LinkedSteward, startLinkedSteward } from './linked-steward.testkit.ts';
import { eventually, temporaryData } from './steward.testkit.ts';

const TOPIC = 'site/alder-wharf/pump/pump-12/telemetry';

let broker: Mosquitto;
let data: ReturnType<typeof temporaryData>[] = [];
let stewards: LinkedSteward[] = [];

async function start(options: Omit<LinkedOptions, 'broker'>): Promise<LinkedSteward> {
  const steward = await startLinkedSteward({ broker, ...options });
  stewards.push(steward);
  return steward;
}

function newData(): string {
  const made = temporaryData();
  data.push(made);
  return made.path;
}

const login = (): string[] => ['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD];

/** `mosquitto_pub` that sends each line of its input, QoS 1; it ends with 0 when Mosquitto acknowledged them all. */
function publisher(): ChildProcess {
  const args = [...login(), '-q', '1', '-t', TOPIC, '-l'];
  return spawn('mosquitto_pub', args, { stdio: ['pipe', 'ignore', 'inherit'] });
}

const lines = (t0: number, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"ts":${t0 + from + i},"power_w":${from + i}}\n`).join('');

async function endsWell(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'close');
  expect(child.exitCode).toBe(0);
}

async function publish(text: string): Promise<void> {
  const child = publisher();
  child.stdin!.end(text);
  await endsWell(child);
}

const isReady = (steward: LinkedSteward): Promise<true> =>
  eventually('ready', async () => (await steward.ready()).ok, 20_000);

/** What is stored of the pump from `t0` on. */
async function stored(steward: LinkedSteward, t0: number): Promise<number[]> {
  const values: number[] = [];
  for (let from = t0; ; ) {
    const page = await steward.get<ReadingsView>(
      `/api/v1/assets/pump-12/readings?metrics=power_w&from=${from}&to=${t0 + 600_000}`,
    );
    values.push(...page.items.map((row) => row.values['power_w'] as number));
    const last = page.items.at(-1);
    if (page.next === null || !last) return values;
    from = Date.parse(last.ts) + 1;
  }
}

describe.skipIf(isMissing('mosquitto', 'mosquitto_pub'))('Steward with an outside broker', () => {
  // One each: Mosquitto would also give a Steward that is gone its share.
  beforeEach(async () => {
    broker = await startMosquitto();
    stewards = [];
    data = [];
  });
  afterEach(async () => {
    await Promise.all(stewards.map((steward) => steward.stop('SIGKILL')));
    for (const { remove } of data) remove();
    await broker.remove();
  });

  it.each(['5', '3.1.1'] as const)(
    'over MQTT %s, killed in the middle of a stream: what Mosquitto acknowledged is stored once',
    async (protocol) => {
      const COUNT = 30_000;
      const path = newData();
      const t0 = Date.now() - 600_000;
      const first = await start({ data: path, protocol });
      await isReady(first);
      const stream = publisher();
      stream.stdin!.write(lines(t0, 0, COUNT / 2));
      await eventually('it is in the middle', async () => (await first.readings()) > 500);
      const taken = await first.readings();
      await first.stop('SIGKILL');
      expect(taken).toBeLessThan(COUNT / 2);
      stream.stdin!.end(lines(t0, COUNT / 2, COUNT));
      const second = await start({ data: path, protocol });
      await endsWell(stream);
      const values = await eventually(
        'all is stored',
        async () => {
          const found = await stored(second, t0);
          return found.length >= COUNT && found;
        },
        30_000,
      );
      expect(values).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    },
    120_000,
  );

  it('keeps a message that cannot be read as an example, acknowledges it, and goes on', async () => {
    const path = newData();
    const first = await start({ data: path, protocol: 'auto' });
    await isReady(first);
    const t0 = Date.now() - 1_000;
    await publish(`no JSON\n${lines(t0, 0, 1)}`);
    await eventually('the good one is stored', async () => (await stored(first, t0)).length === 1);
    await first.stop();
    const second = await start({ data: path, protocol: 'auto' });
    await isReady(second);
    await publish(lines(t0, 1, 2));
    await eventually('the next one is stored', async () => (await stored(second, t0)).length === 2);
    const { items } = await second.get<{ items: readonly object[] }>('/api/v1/quarantine');
    expect(items).toMatchObject([{ code: 'payload_not_json', client: 'link', topic: TOPIC }]);
  }, 60_000);

  it('shares the load with another Steward', async () => {
    const pair = await Promise.all(
      ['steward-a', 'steward-b'].map((clientId) => start({ data: newData(), protocol: '5', clientId })),
    );
    await Promise.all(pair.map(isReady));
    await publish(lines(Date.now() - 60_000, 0, 4_000));
    const taken = await eventually('all are taken', async () => {
      const each = await Promise.all(pair.map((steward) => steward.readings()));
      return each[0]! + each[1]! >= 4_000 && each;
    });
    expect(taken[0]! + taken[1]!).toBe(4_000);
    expect(Math.min(...taken)).toBeGreaterThan(1_000);
  }, 60_000);

  it('tells /readyz whether the link is up, and signs what to show, through the broker', async () => {
    const steward = await start({ data: newData(), protocol: 'auto' });
    await isReady(steward);
    expect((await steward.ready()).parts['broker']).toMatchObject({
      ok: true,
      detail: expect.stringContaining(`linked to ${broker.url}, MQTT 5`),
    });
    const signs = [...login(), '-t', 'site/alder-wharf/sign/+/set', '-C', '1', '-W', '20'];
    const told = await mosquitto('mosquitto_sub', signs);
    expect(JSON.parse(told.stdout)).toEqual({ shown: null });
    await broker.stop();
    const down = await eventually('it is red', async () => {
      const view = await steward.ready();
      return !view.ok && view;
    });
    expect(down.parts['broker']?.detail).toContain('broker_unreachable');
    await broker.start();
    await isReady(steward);
  }, 60_000);

  it('starts with a wrong password, and says so', async () => {
    const steward = await start({ data: newData(), protocol: 'auto', password: 'wrong' });
    const part = await eventually('it was refused', async () => {
      const { broker: it } = (await steward.ready()).parts;
      return it?.detail.startsWith('login_refused') && it;
    });
    expect(part.ok).toBe(false);
    expect(steward.output()).toContain('login_refused');
    expect(steward.output()).not.toContain('wrong password: wrong');
  }, 60_000);
});
