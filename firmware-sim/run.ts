import { type Clock, MINUTE_MS, SECOND_MS } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Fleet, Outgoing } from './fleet.ts';
import type { Radio } from './radio.ts';
import type { FleetLink } from './transport.ts';

export interface Progress {
  /** How far the simulation is, epoch milliseconds. */
  readonly at: number;
  /** Readings acknowledged so far. */
  readonly readings: number;
  /** Done of all history, 0 to 1. */
  readonly share: number;
}

/** What goes from devices to the broker. */
interface Air {
  readonly fleet: Fleet;
  readonly link: FleetLink;
  /** A network that loses, repeats and delays; without it everything arrives at once and in order. */
  readonly radio?: Radio | undefined;
}

export interface HistoryOptions extends Air {
  /** Where history ends, epoch milliseconds; it begins at the fleet's time. */
  readonly until: number;
  /** Simulated time between two calls of `onSlice`; half an hour. */
  readonly sliceMs?: number;
  /** Everything measured before `at` is acknowledged; the next slice waits for what this does. */
  onSlice?(at: number): Promise<void> | void;
  onProgress?(progress: Progress): void;
  readonly signal?: AbortSignal | undefined;
}

interface Message {
  readonly device: string;
  readonly topic: string;
  readonly payload: string;
  readonly readings: number;
}

const messageOf = ({ device, topic, payload }: Outgoing): Message => ({
  device,
  topic,
  payload,
  readings: 1,
});

/** What a radio lets arrive before `to`. */
const landing = (radio: Radio, to: number): readonly Message[] =>
  radio.arrivals(to).map(({ outgoing }) => messageOf(outgoing));

/** Readings in the order of their arrival before `to`, one by one. */
function arriving({ fleet, radio }: Air, to: number): readonly Message[] {
  const leaving = fleet.advance(to);
  radio?.send(leaving);
  return radio ? landing(radio, to) : leaving.map(messageOf);
}

/** The same as a device says it that empties its buffer. */
function* inBatches(air: Air, to: number): Generator<Message> {
  if (air.radio) {
    yield* arriving(air, to);
    return;
  }
  for (const { device, topic, payloads, readings } of air.fleet.batches(to)) {
    for (const [i, payload] of payloads.entries())
      yield { device, topic, payload, readings: i === 0 ? readings : 0 };
  }
}

/**
 * Sends what the fleet measures until `until` as fast as the broker acknowledges it, slice by slice. Resolves with
 * the readings sent. Stops between slices when the signal is aborted, or at once when the link is closed after it.
 *
 * Throws what the link throws when a reading cannot be kept.
 */
export async function sendHistory(options: HistoryOptions): Promise<number> {
  const { fleet, link, until, sliceMs = 30 * MINUTE_MS, onSlice, onProgress, signal } = options;
  const from = fleet.time();
  let readings = 0;
  for (let at = from; at < until && !signal?.aborted; ) {
    at = Math.min(at + sliceMs, until);
    const sent: Promise<void>[] = [];
    for (const message of inBatches(options, at)) {
      readings += message.readings;
      sent.push(link.send(message.device, message.topic, message.payload));
    }
    try {
      await Promise.all(sent);
    } catch (error) {
      if (signal?.aborted) break;
      throw error;
    }
    await onSlice?.(at);
    onProgress?.({ at, readings, share: (at - from) / (until - from) });
  }
  return readings;
}

export interface LiveOptions extends Air {
  readonly clock: Clock;
  /** Waits; resolves early or rejects when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<unknown>;
  readonly signal: AbortSignal;
  /** Simulated seconds per second; 1. Beyond 1 the readings are ahead of the clock. */
  readonly speed?: number;
  /** Simulated time to stop at; without it only the signal ends the run. */
  readonly until?: number;
  readonly everyMs?: number;
  readonly log: Log;
  onProgress?(progress: { readonly at: number; readonly readings: number }): void;
}

/**
 * Keeps the fleet in step with the clock, each second, until the signal or `until`. Does not wait for
 * acknowledgements: a broker that is away is what a device's outbox is for. What cannot be kept is counted and logged.
 * What is on the radio's way when it ends arrives then, not minutes later.
 */
export async function runLive(options: LiveOptions): Promise<void> {
  const {
    fleet,
    link,
    radio,
    clock,
    wait,
    signal,
    speed = 1,
    until,
    everyMs = SECOND_MS,
    log,
    onProgress,
  } = options;
  const simulatedFrom = fleet.time();
  const from = clock.now();
  let readings = 0;
  let lost = 0;
  let told = 0;
  const send = (messages: readonly Message[]): void => {
    for (const { device, topic, payload } of messages) {
      link.send(device, topic, payload).then(
        () => readings++,
        () => lost++,
      );
    }
  };
  while (!signal.aborted && (until === undefined || fleet.time() < until)) {
    // At normal speed readings have the clock's own time, whatever was slept over; time never runs backwards.
    const now = speed === 1 ? clock.now() : simulatedFrom + (clock.now() - from) * speed;
    const to = Math.max(fleet.time(), Math.min(now, until ?? now));
    send(arriving(options, to));
    if (lost > told)
      log.warn({ lost }, 'readings of simulated devices are lost: the outbox is full, or closed');
    told = lost;
    onProgress?.({ at: to, readings });
    await wait(everyMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  if (radio) send(landing(radio, Number.POSITIVE_INFINITY));
}

export interface SimulateOptions extends LiveOptions {
  /** Sends history at full speed from the fleet's time until here, then goes on live; by default the clock's now. */
  readonly historyUntil?: number;
  readonly sliceMs?: number;
  onSlice?(at: number): Promise<void> | void;
}

/** What `steward simulate` does: catch up with the clock at full speed, then live. */
export async function simulate(options: SimulateOptions): Promise<void> {
  const { fleet, link, radio, clock, signal, onProgress, onSlice } = options;
  const until = Math.min(options.historyUntil ?? clock.now(), options.until ?? Number.POSITIVE_INFINITY);
  await sendHistory({
    fleet,
    link,
    radio,
    until,
    signal,
    ...(options.sliceMs === undefined ? {} : { sliceMs: options.sliceMs }),
    ...(onSlice ? { onSlice } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  await runLive(options);
}
