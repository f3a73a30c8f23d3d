import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS, manualClock, SECOND_MS } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import { credentials, type TestBroker, testBroker } from './broker.testkit.ts';
import { oneAsset } from './demo.testkit.ts';
import type { Sample } from './device-model.ts';
import type { Fleet } from './fleet.ts';
import { createRadio } from './radio.ts';
import { type Progress, runLive, sendHistory, simulate } from './run.ts';
import { connectFleet, type FleetLink } from './transport.ts';

const NOW = Date.parse('2026-11-24T02:00:00Z');
const START = NOW - 48 * HOUR_MS;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What the gateway of the lower deck carries, on a real broker. */
async function stage(): Promise<{ fleet: Fleet; link: FleetLink; broker: TestBroker }> {
  const broker = await testBroker();
  const fleet = oneAsset('gw-7', NOW);
  const link = await connectFleet({
    url: broker.url,
    credentials,
    devices: fleet.devices(),
    log: silentLog,
    random: seededRandom(1),
  });
  closers.push(broker.close, () => link.close(0));
  return { fleet, link, broker };
}

function heard({ arrived }: TestBroker): Sample[] {
  return arrived.flatMap(({ payload }) => {
    const parsed = JSON.parse(payload) as Sample | Sample[];
    return Array.isArray(parsed) ? parsed : [parsed];
  });
}

const expected = (to: number, from = START): Sample[] =>
  oneAsset('gw-7', NOW)
    .advance(to)
    .map(({ payload }) => JSON.parse(payload) as Sample)
    .filter(({ ts }) => ts >= from);
const inOrder = (samples: Sample[]): string[] => samples.map((sample) => JSON.stringify(sample)).sort();

describe('history', () => {
  test('comes slice by slice: each is acknowledged before it is announced, and the next waits', async () => {
    const { fleet, link, broker } = await stage();
    const slices: number[] = [];
    const progress: Progress[] = [];
    const until = START + 3 * HOUR_MS + 10 * MINUTE_MS;
    const sent = await sendHistory({
      fleet,
      link,
      until,
      sliceMs: HOUR_MS,
      onSlice: async (at) => {
        slices.push((at - START) / MINUTE_MS);
        expect(link.unacknowledged()).toBe(0);
        expect(inOrder(heard(broker))).toEqual(inOrder(expected(at)));
        await new Promise(setImmediate);
        expect(heard(broker).every(({ ts }) => ts < at)).toBe(true);
      },
      onProgress: (step) => progress.push(step),
    });
    expect(slices).toEqual([60, 120, 180, 190]);
    expect(sent).toBe(expected(until).length);
    expect(progress.at(-1)).toEqual({ at: until, readings: sent, share: 1 });
  });

  test('stops between slices when told, goes on from there, and nothing is missing or twice', async () => {
    const { fleet, link, broker } = await stage();
    const stop = new AbortController();
    const until = START + 4 * HOUR_MS;
    await sendHistory({
      fleet,
      link,
      until,
      sliceMs: HOUR_MS,
      signal: stop.signal,
      onSlice: () => stop.abort(),
    });
    expect(fleet.time()).toBe(START + HOUR_MS);
    await sendHistory({ fleet, link, until });
    expect(inOrder(heard(broker))).toEqual(inOrder(expected(until)));
  });

  test('what stops onSlice stops it', async () => {
    const { fleet, link } = await stage();
    const broken = sendHistory({
      fleet,
      link,
      until: NOW,
      onSlice: () => {
        throw new Error('rules are behind');
      },
    });
    await expect(broken).rejects.toThrow('rules are behind');
  });

  test('a link that is closed under it is an error, unless it was told to stop', async () => {
    const { fleet, link, broker } = await stage();
    broker.onPublish = () => 'hold';
    const stop = new AbortController();
    const failing = sendHistory({ fleet, link, until: NOW, signal: stop.signal });
    await expect.poll(() => broker.arrived.length).toBeGreaterThan(0);
    stop.abort();
    await link.close(0);
    expect(await failing).toBeGreaterThan(0);
    await expect(sendHistory({ fleet, link, until: NOW })).rejects.toThrow('closed');
  });
});

describe('live', () => {
  /** A clock that moves by what is waited for. */
  function clockwork(start: number, stop: AbortController, end: number) {
    const clock = manualClock(start);
    const wait = async (ms: number): Promise<void> => {
      clock.set(clock.now() + ms);
      if (clock.now() >= end) stop.abort();
      await new Promise(setImmediate);
    };
    return { clock, wait };
  }

  test('keeps step with the clock, one reading a message, none from the future', async () => {
    const { fleet, link, broker } = await stage();
    const stop = new AbortController();
    const end = START + 20 * MINUTE_MS;
    const { clock, wait } = clockwork(START, stop, end);
    await runLive({
      fleet,
      link,
      clock,
      wait,
      signal: stop.signal,
      log: silentLog,
      onProgress: ({ at }) => expect(at).toBeLessThanOrEqual(clock.now()),
    });
    await link.close();
    expect(inOrder(heard(broker))).toEqual(inOrder(expected(end - SECOND_MS)));
  });

  test('ten times as fast, until the time told', async () => {
    const { fleet, link, broker } = await stage();
    const stop = new AbortController();
    const { clock, wait } = clockwork(NOW, stop, Number.POSITIVE_INFINITY);
    const until = START + HOUR_MS;
    await runLive({ fleet, link, clock, wait, signal: stop.signal, log: silentLog, speed: 10, until });
    expect(clock.now() - NOW).toBe(361 * SECOND_MS);
    await link.close();
    expect(inOrder(heard(broker))).toEqual(inOrder(expected(until)));
  });

  test('simulate catches up with the clock first', async () => {
    const { fleet, link, broker } = await stage();
    const stop = new AbortController();
    const { clock, wait } = clockwork(START + 2 * HOUR_MS, stop, START + 2 * HOUR_MS + 5 * MINUTE_MS);
    const slices: number[] = [];
    await simulate({
      fleet,
      link,
      clock,
      wait,
      signal: stop.signal,
      log: silentLog,
      onSlice: (at) => {
        slices.push(at);
      },
    });
    await link.close();
    expect(slices.at(-1)).toBe(START + 2 * HOUR_MS);
    expect(inOrder(heard(broker))).toEqual(inOrder(expected(clock.now() - SECOND_MS)));
    expect(broker.arrived.some(({ payload }) => payload.startsWith('{'))).toBe(true);
  });

  test('simulate over a radio that repeats everything within five minutes, history and live', async () => {
    const { fleet, link, broker } = await stage();
    const stop = new AbortController();
    const end = START + 2 * HOUR_MS;
    const { clock, wait } = clockwork(START + HOUR_MS, stop, end);
    const radio = createRadio({ loss: 0, repeats: 1, delay_ms: 5 * MINUTE_MS }, seededRandom(1));
    await simulate({ fleet, link, radio, clock, wait, signal: stop.signal, log: silentLog });
    await link.close();
    // What left in the last minutes has arrived too.
    const said = expected(end - SECOND_MS);
    const arrived = heard(broker);
    expect(inOrder(arrived)).toEqual(inOrder([...said, ...said]));
    expect(arrived.some(({ ts }, i) => i > 0 && ts < arrived[i - 1]!.ts)).toBe(true);
  });
});
