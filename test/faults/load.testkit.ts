import { connectAsync } from 'mqtt';
import type { StewardProcess } from '../steward.testkit.ts';
import { deviceOf, PUMPS, type Pump, topicOf } from './small-site.testkit.ts';

/** Messages of one device that wait for their PUBACK at a time. */
const IN_FLIGHT = 100;
/** One message in so many is a batch, and one in so many is no JSON. */
const BATCH_EVERY = 10;
const BATCH_SIZE = 5;
const BROKEN_EVERY = 97;

/** What each device has sent and what was acknowledged, over every restart. Nothing is ever sent twice. */
export interface Ledger {
  /** Time of reading 0; each device sends one reading a millisecond of event time. */
  readonly t0: number;
  readonly sent: Map<Pump, number>;
  readonly acknowledged: Map<Pump, Set<number>>;
  /** Payloads that are no JSON and were acknowledged: they must be in quarantine. */
  readonly refused: Set<string>;
}

export function newLedger(t0: number): Ledger {
  return {
    t0,
    sent: new Map(PUMPS.map((pump) => [pump, 0])),
    acknowledged: new Map(PUMPS.map((pump) => [pump, new Set<number>()])),
    refused: new Set(),
  };
}

export function acknowledgedCount({ acknowledged }: Ledger): number {
  return [...acknowledged.values()].reduce((sum, set) => sum + set.size, 0);
}

/** What reading number `i` says, so that a mixed-up one is found too. */
export function powerOf(i: number): number {
  return i % 1_000;
}

export interface Load {
  /** Resolves when every connection has ended, by whichever side. */
  readonly ended: Promise<void>;
  /** Lets no more out, waits for what is acknowledged still, and ends. */
  stop(): Promise<void>;
}

interface Message {
  readonly payload: string;
  readonly numbers: readonly number[];
}

function nextMessage({ t0, sent }: Ledger, pump: Pump, turn: number): Message {
  if (turn % BROKEN_EVERY === 0)
    return { payload: `{ broken ${pump} ${sent.get(pump)} ${turn}`, numbers: [] };
  const first = sent.get(pump) ?? 0;
  const count = turn % BATCH_EVERY === 0 ? BATCH_SIZE : 1;
  sent.set(pump, first + count);
  const numbers = Array.from({ length: count }, (_, n) => first + n);
  const readings = numbers.map((i) => ({ ts: t0 + i, power_w: powerOf(i) }));
  return { payload: JSON.stringify(count === 1 ? readings[0] : readings), numbers };
}

async function startDevice(steward: StewardProcess, ledger: Ledger, pump: Pump): Promise<Load> {
  const client = await connectAsync(steward.mqtt.href, {
    clientId: deviceOf(pump),
    username: deviceOf(pump),
    password: steward.deviceSecret(deviceOf(pump)),
    reconnectPeriod: 0,
  });
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.on('error', () => {});
  let turn = 0;
  let waiting = 0;
  let stopped: (() => void) | undefined;
  const publish = (): void => {
    if (!client.connected || stopped) return;
    const { payload, numbers } = nextMessage(ledger, pump, ++turn);
    waiting++;
    client.publish(topicOf(pump), payload, { qos: 1 }, (error) => {
      waiting--;
      if (!error) {
        for (const i of numbers) ledger.acknowledged.get(pump)!.add(i);
        if (numbers.length === 0) ledger.refused.add(payload);
      }
      if (stopped && waiting === 0) stopped();
      publish();
    });
  };
  for (let n = 0; n < IN_FLIGHT; n++) publish();
  return {
    ended: ended.then(() => {
      client.end(true);
    }),
    stop: async () => {
      const settled = new Promise<void>((resolve) => {
        stopped = resolve;
      });
      if (waiting > 0) await Promise.race([settled, ended]);
      client.end(true);
      await ended;
    },
  };
}

/** Every pump's device publishes as fast as it is acknowledged. */
export async function startLoad(steward: StewardProcess, ledger: Ledger): Promise<Load> {
  const devices = await Promise.all(PUMPS.map((pump) => startDevice(steward, ledger, pump)));
  return {
    ended: Promise.all(devices.map((device) => device.ended)).then(() => {}),
    stop: async () => {
      await Promise.all(devices.map((device) => device.stop()));
    },
  };
}
