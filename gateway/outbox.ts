import type { Log } from '../model/log.ts';
import { pause } from './pause.ts';

/** Resolves when the broker has acknowledged (PUBACK); rejects when it is not known to have. */
export type Publish = (topic: string, payload: string) => Promise<void>;

/** A reading in the native format: `ts` in epoch milliseconds, every other member a metric. */
export type NativeReading = Readonly<Record<string, number>>;

const BATCH_MAX = 100;
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 5_000;

export interface Outbox {
  /** Refused, counted and said in the log when the outbox is full: what was there first is kept. */
  add(topic: string, reading: NativeReading): void;
  waiting(): number;
  /** Readings acknowledged, and readings refused because the outbox was full. */
  readonly counts: { readonly sent: number; readonly dropped: number };
  /** Sends what waits, for so long; resolves with the number of readings that could not be sent. */
  close(limitMs: number): Promise<number>;
}

/**
 * Readings on their way to the broker: one message under way at a time, each topic in its order, alone while the
 * broker keeps up and as a batch when there is something to catch up. What was not acknowledged is sent again.
 */
export function createOutbox(publish: Publish, limit: number, log: Log): Outbox {
  const queues = new Map<string, NativeReading[]>();
  const counts = { sent: 0, dropped: 0 };
  const givenUp = new AbortController();
  let waiting = 0;
  let isClosing = false;
  let isFull = false;
  let wake = (): void => {};

  const send = async (topic: string, queue: NativeReading[]): Promise<void> => {
    const batch = queue.slice(0, BATCH_MAX);
    await publish(topic, JSON.stringify(batch.length === 1 ? batch[0] : batch));
    queue.splice(0, batch.length);
    waiting -= batch.length;
    counts.sent += batch.length;
    // The next topic's turn.
    queues.delete(topic);
    if (queue.length > 0) queues.set(topic, queue);
    if (isFull) log.info({ dropped: counts.dropped }, 'gateway outbox has room again');
    isFull = false;
  };
  const run = async (): Promise<void> => {
    let retryMs = RETRY_FIRST_MS;
    while (!givenUp.signal.aborted) {
      const [head] = queues;
      if (!head) {
        if (isClosing) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      try {
        await send(...head);
        retryMs = RETRY_FIRST_MS;
      } catch (error) {
        log.debug({ topic: head[0], waiting }, `not published yet: ${(error as Error).message}`);
        await pause(retryMs, givenUp.signal);
        retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
      }
    }
  };
  const running = run();
  return {
    add(topic, reading) {
      if (waiting >= limit) {
        counts.dropped++;
        if (!isFull)
          log.warn({ waiting }, 'gateway outbox is full: newer readings are lost until there is room');
        isFull = true;
        return;
      }
      waiting++;
      const queue = queues.get(topic);
      if (queue) queue.push(reading);
      else queues.set(topic, [reading]);
      wake();
    },
    waiting: () => waiting,
    counts,
    async close(limitMs) {
      isClosing = true;
      wake();
      const limitReached = pause(limitMs, givenUp.signal);
      await Promise.race([running, limitReached]);
      givenUp.abort();
      return waiting;
    },
  };
}
