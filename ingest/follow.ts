import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../model/log.ts';
import type { Journal, Journalled } from '../store/journal/contract.ts';

const FIRST_RETRY_MS = 100;
/** Soon enough that a queue which grew through an outage does not wait for us when it is over. */
const LONGEST_RETRY_MS = 2_000;
const STOP_GRACE_MS = 5_000;
const MOST_LINGERS = 4;

/** Thrown by a handler that wants its batch again: why, and how long to wait at least. */
export class RetryLater extends Error {
  readonly retryAfterMs: number;

  constructor(reason: string, retryAfterMs = 0) {
    super(reason);
    this.name = 'RetryLater';
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Handling {
  /** Aborted when the follower was told to stop and the handler took too long to finish. */
  readonly signal: AbortSignal;
  /**
   * Moves the journal's cursor of this follower, durably: entries up to `position` are not needed again. A handler
   * calls it as soon as its effects are durable, be that with every batch or with every tenth.
   */
  release(position: number): Promise<void>;
}

export interface FollowOptions {
  readonly journal: Pick<Journal, 'read' | 'waitFor' | 'head' | 'cursor' | 'advance'>;
  /** Name of the cursor; it holds entries back from now on. */
  readonly name: string;
  /** Position after which to begin; absent: the cursor's. */
  readonly from?: number | undefined;
  /** Most entries of one batch. */
  readonly batch: number;
  /**
   * How long a batch that is not full waits for more, 0 by default. One that is a tenth full waits up to four times as
   * long: there is company to wait for, and a write costs the same for many.
   */
  readonly lingerMs?: number | undefined;
  /** Batches come one at a time, in order. What it throws brings the same array again, after a while. */
  readonly handle: (batch: readonly Journalled[], handling: Handling) => Promise<void>;
  readonly log: Log;
}

export interface Follower {
  /** Position of the last entry that was handled. */
  position(): number;
  /** Resolves when everything up to `position` is handled; rejects when the follower stops before. */
  caughtUp(position: number): Promise<void>;
  /** See {@link Handling.release}: for owners that release on a timer. */
  release(position: number): Promise<void>;
  /** Why the batch in hand is tried again; empty when all is well. */
  trouble(): string;
  /** Finishes the batch in hand, unless that is waiting to be tried again. */
  stop(): Promise<void>;
}

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is over: whoever paused looks at the signal next.
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** Doubles from a tenth of a second to two seconds; the longer wish of the one who failed counts. */
export function retryDelay(failures: number, wishMs: number): number {
  const doubled = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20);
  return Math.max(Math.min(LONGEST_RETRY_MS, doubled), wishMs);
}

/** Told at the 1st, 2nd, 4th, 8th … failure in a row: an outage of an hour is a dozen lines of the log. */
function isTold(failures: number): boolean {
  return Number.isInteger(Math.log2(failures));
}

/** Reads the journal in order and hands it on in batches, until it is stopped. */
export function follow({ journal, name, from, batch, lingerMs = 0, handle, log }: FollowOptions): Follower {
  const cursor = journal.cursor(name);
  let position = from ?? cursor;
  let trouble = '';
  const waiters = new Set<Waiter>();
  const stopping = new AbortController();
  const handling = new AbortController();
  const release = (to: number): Promise<void> => journal.advance(name, to);

  const next = async (): Promise<readonly Journalled[]> => {
    await journal.waitFor(position, stopping.signal);
    const waiting = (): number => journal.head() - position;
    for (let lingers = 0; lingerMs > 0 && lingers < MOST_LINGERS && waiting() < batch; lingers++) {
      if (lingers > 0 && waiting() < batch / 10) break;
      await pause(lingerMs, stopping.signal);
    }
    return journal.read(position, batch);
  };

  /** False when it was stopped before the batch succeeded. */
  const settle = async (entries: readonly Journalled[]): Promise<boolean> => {
    for (let failures = 0; ; ) {
      try {
        await handle(entries, { signal: handling.signal, release });
        if (trouble !== '') log.info({ follower: name, position }, 'goes on after a failure');
        trouble = '';
        return true;
      } catch (error) {
        failures++;
        trouble = (error as Error).message;
        const delayMs = retryDelay(failures, error instanceof RetryLater ? error.retryAfterMs : 0);
        const fields = { follower: name, position, failures, delayMs };
        if (isTold(failures))
          log.warn(
            error instanceof RetryLater ? fields : { ...fields, error },
            `tried again later: ${trouble}`,
          );
        if (!stopping.signal.aborted) await pause(delayMs, stopping.signal);
        if (stopping.signal.aborted) return false;
      }
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const entries = await next();
      if (entries.length === 0) {
        // Told to stop; or a journal that is broken, which must not be asked for ever without a pause.
        if (!stopping.signal.aborted) {
          trouble = `entries follow ${position}, and none is read`;
          await pause(LONGEST_RETRY_MS, stopping.signal);
        }
        continue;
      }
      if (!(await settle(entries))) return;
      position = entries.at(-1)!.position;
      for (const waiter of waiters) {
        if (waiter.position > position) continue;
        waiters.delete(waiter);
        waiter.resolve();
      }
    }
  };

  const running = run().finally(() => {
    for (const { reject } of waiters) reject(new Error(`${name} stopped at ${position}`));
    waiters.clear();
  });
  // Without a handler of its own a failure here would end the process; `stop` still reports it.
  running.catch((error: unknown) => log.error({ follower: name, position, error }, 'stopped by a failure'));

  return {
    position: () => position,
    caughtUp: (wanted) =>
      new Promise((resolve, reject) => {
        if (wanted <= position) resolve();
        else if (stopping.signal.aborted) reject(new Error(`${name} stopped at ${position}`));
        else waiters.add({ position: wanted, resolve, reject });
      }),
    release,
    trouble: () => trouble,
    stop: async () => {
      stopping.abort();
      const patience = setTimeout(() => handling.abort(), STOP_GRACE_MS);
      await running.finally(() => clearTimeout(patience));
    },
  };
}
