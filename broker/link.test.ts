import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { type Log, silentLog } from '../model/log.ts';
import type { RawMessage } from '../model/reading.ts';
import { isMissing } from '../test/engines.testkit.ts';
import { type LinkLimits, type LinkOptions, type MqttPort, startLink } from './link.ts';
import {
  DEVICE_USER,
  LINK_USER,
  type Mosquitto,
  PASSWORD,
  startMosquitto,
} from './link-mosquitto.testkit.ts';
import { mosquitto } from './mosquitto.testkit.ts';

const noLuck = { next: () => 0.5, int: () => 0, normal: () => 0, fork: () => noLuck };

/** What came through a link, and the outcomes that a test has not yet told. */
interface Inbox {
  readonly texts: string[];
  /** Messages not yet settled, when `holds`. */
  readonly held: { readonly text: string; resolve(): void; reject(error: Error): void }[];
  holds: boolean;
  readonly messages: RawMessage[];
  has(count: number): Promise<void>;
  accept(message: RawMessage): Promise<void>;
}

function inbox(holds = false): Inbox {
  const news = new EventEmitter();
  const box: Inbox = {
    texts: [],
    held: [],
    holds,
    messages: [],
    has: async (count) => {
      while (box.texts.length < count) await once(news, 'message');
    },
    accept: (message) => {
      const text = Buffer.from(message.payload).toString();
      box.messages.push(message);
      box.texts.push(text);
      news.emit('message');
      if (!box.holds) return Promise.resolve();
      return new Promise((resolve, reject) => box.held.push({ text, resolve, reject }));
    },
  };
  return box;
}

let broker: Mosquitto;
let links: MqttPort[] = [];
let names = 0;
/** A session of its own for every test: topics and groups too. */
const freshName = (): string => `test-${++names}`;

type Changes = Partial<Omit<LinkOptions, 'limits'>> & {
  readonly limits?: Partial<LinkLimits>;
};

function link(changes: Changes): MqttPort {
  const made = startLink({
    url: broker.url,
    user: LINK_USER,
    password: PASSWORD,
    clientId: 'steward',
    protocol: 'auto',
    sessionExpiryS: 600,
    // Mosquitto also gives a member of the group that is away its share: no two tests in one group.
    group: `group of ${changes.clientId}`,
    clock: systemClock,
    random: noLuck,
    log: silentLog,
    accept: () => Promise.resolve(),
    ...changes,
    limits: { reconnectFirstMs: 20, reconnectMaxMs: 200, closeTimeoutMs: 100, ...changes.limits },
  });
  links.push(made);
  return made;
}

async function isUp(port: MqttPort): Promise<void> {
  while (!port.health().ok) await sleep(5);
}

/** One message a line, QoS 1; resolves when Mosquitto has acknowledged all of them. */
async function publish(lines: readonly string[], topic = 'site/s/pump/p/telemetry', more: string[] = []) {
  const at = ['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD];
  const args = [...at, '-q', '1', '-t', topic, '-l', ...more];
  const { code, stderr } = await mosquitto('mosquitto_pub', args, Buffer.from(`${lines.join('\n')}\n`));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

afterEach(async () => {
  await Promise.all(links.map((port) => port.close()));
  links = [];
});

const missing = isMissing('mosquitto', 'mosquitto_pub', 'openssl');

describe.skipIf(missing)('a link to Mosquitto', () => {
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker.remove());

  describe.each(['5', '3.1.1'] as const)('over MQTT %s', (protocol) => {
    it('hands over what is published, in order, in its own name', async () => {
      const box = inbox();
      const port = link({ protocol, clientId: freshName(), accept: box.accept });
      await isUp(port);
      expect(port.health().detail).toContain(`MQTT ${protocol}`);
      await publish(numbers(0, 500));
      await box.has(500);
      expect(box.texts).toEqual(numbers(0, 500));
      expect(box.messages[0]).toMatchObject({ topic: 'site/s/pump/p/telemetry', client: 'link' });
      expect(new Set(box.messages.map(({ id }) => id)).size).toBe(500);
    });

    it('acknowledges what is durable and nothing else: the rest comes again', async () => {
      const clientId = freshName();
      const first = inbox(true);
      const port = link({ protocol, clientId, accept: first.accept });
      await isUp(port);
      await publish(['a', 'b', 'c']);
      await first.has(3);
      first.held[0]!.resolve();
      await port.close();

      const second = inbox();
      const again = link({ protocol, clientId, accept: second.accept });
      await second.has(2);
      expect(second.texts).toEqual(['b', 'c']);
      await again.close();

      const third = inbox();
      link({ protocol, clientId, accept: third.accept });
      await publish(['d']);
      await third.has(1);
      expect(third.texts).toEqual(['d']);
    });

    it('sends acknowledgements in the order of arrival', async () => {
      const clientId = freshName();
      const first = inbox(true);
      const port = link({ protocol, clientId, accept: first.accept });
      await isUp(port);
      await publish(['a', 'b', 'c']);
      await first.has(3);
      first.held[2]!.resolve();
      await port.close();
      const second = inbox();
      link({ protocol, clientId, accept: second.accept });
      await second.has(3);
      expect(second.texts).toEqual(['a', 'b', 'c']);
    });

    it('gets what was published while it was away', async () => {
      const clientId = freshName();
      const port = link({ protocol, clientId });
      await isUp(port);
      await port.close();
      await publish(numbers(0, 3_000));
      const box = inbox();
      link({ protocol, clientId, accept: box.accept });
      await box.has(3_000);
      expect(box.texts).toEqual(numbers(0, 3_000));
    });

    it('has what could not be kept sent again', async () => {
      const box = inbox(true);
      const port = link({ protocol, clientId: freshName(), accept: box.accept });
      await isUp(port);
      await publish(['a', 'b']);
      await box.has(2);
      box.holds = false;
      box.held[0]!.reject(new Error('disk full'));
      box.held[1]!.resolve();
      await box.has(4);
      expect(box.texts).toEqual(['a', 'b', 'a', 'b']);
      await isUp(port);
    });

    it('takes no more than its cap while nothing is durable, then goes on', async () => {
      const box = inbox(true);
      const port = link({
        protocol,
        clientId: freshName(),
        accept: box.accept,
        limits: { maxUnsettled: 10 },
      });
      await isUp(port);
      await publish(numbers(0, 200));
      await box.has(10);
      await sleep(100);
      expect(box.texts).toHaveLength(10);
      expect(port.health().detail).toContain('10 messages not yet durable');
      box.holds = false;
      for (const { resolve } of box.held) resolve();
      await box.has(200);
      expect(box.texts).toEqual(numbers(0, 200));
    });

    it('goes on after the broker was restarted, with what the broker had kept', async () => {
      const box = inbox(true);
      const port = link({ protocol, clientId: freshName(), accept: box.accept });
      await isUp(port);
      await publish(numbers(0, 20));
      await box.has(20);
      for (const { resolve } of box.held.slice(0, 10)) resolve();
      await broker.stop();
      while (port.health().ok) await sleep(5);
      expect(port.health()).toMatchObject({
        ok: false,
        detail: expect.stringContaining('broker_unreachable'),
      });
      box.holds = false;
      await broker.start();
      await isUp(port);
      await publish(['after']);
      while (box.texts.at(-1) !== 'after') await box.has(box.texts.length + 1);
      // An acknowledgement that the broker had not read when it went may come again too.
      expect(box.texts.slice(20)).toEqual(expect.arrayContaining([...numbers(10, 20), 'after']));
    });

    it('says that the password is wrong and does not hammer', async () => {
      const said: { at: number; code?: string }[] = [];
      const news = new EventEmitter();
      const note = (fields: object): void => {
        said.push({ at: performance.now(), ...fields });
        news.emit('said');
      };
      const log: Log = { ...silentLog, warn: note, debug: note };
      const limits = { reconnectFirstMs: 1, reconnectMaxMs: 300 };
      const port = link({ protocol, clientId: freshName(), password: 'wrong', log, limits });
      while (said.length < 2) await once(news, 'said');
      expect(said.map(({ code }) => code)).toEqual(['login_refused', 'login_refused']);
      expect(said[1]!.at - said[0]!.at).toBeGreaterThan(280);
      expect(port.health()).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/^login_refused: mqtt:/),
      });
    });

    it('shares the messages with another of its group, each to one of them', async () => {
      const boxes = [inbox(), inbox()];
      const group = freshName();
      const ports = boxes.map(({ accept }) => link({ protocol, group, clientId: freshName(), accept }));
      await Promise.all(ports.map(isUp));
      await publish(numbers(0, 1_000));
      while (boxes[0]!.texts.length + boxes[1]!.texts.length < 1_000) await sleep(5);
      const all = boxes.flatMap(({ texts }) => texts).map(Number);
      expect(all.sort((a, b) => a - b).map(String)).toEqual(numbers(0, 1_000));
      expect(Math.min(...boxes.map(({ texts }) => texts.length))).toBeGreaterThan(300);
    });

    it('sends what Steward has to say, also what it said while the broker was away', async () => {
      const clientId = freshName();
      const port = link({ protocol, clientId });
      await isUp(port);
      await broker.stop();
      const sign = `site/s/sign/${clientId}/set`;
      await port.publish(sign, '1', { retain: true });
      await port.publish(sign, '2', { retain: true });
      for (const text of numbers(0, 300)) await port.publish(`site/s/ticket/${clientId}`, text);
      await broker.start();
      await isUp(port);
      const at = ['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD];
      const heard = await mosquitto('mosquitto_sub', [...at, '-t', sign, '-q', '1', '-C', '1', '-W', '5']);
      expect(heard.stdout.trim()).toBe('2');
    });
  });
});
