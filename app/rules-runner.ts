import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LatestValues } from '../api/latest.ts';
import { type Follower, follow } from '../ingest/follow.ts';
import type { Clock } from '../model/clock.ts';
import type { Fault, FaultChange } from '../model/fault.ts';
import type { Log } from '../model/log.ts';
import type { Reading } from '../model/reading.ts';
import type { Journal, Journalled } from '../store/journal/contract.ts';
import type { SnapshotStore } from '../store/snapshots/contract.ts';

const NAME = 'rules';
const BATCH = 2_000;
/** Readings and milliseconds after which others get their turn: who answers requests must not wait for the rules. */
const SLICE = 250;
const SLICE_MS = 20;
const TICK_MS = 500;
/** A reading may be so long on its way before a rule without lateness believes that it will not come. */
const GRACE_MS = 500;
/** A crash replays at most this much of the journal. */
const SNAPSHOT_MS = 15_000;

/** As much of the engine as the runner drives. */
export interface DrivenEngine {
  stepAll(readings: readonly Reading[]): readonly FaultChange[];
  advancePart(now: number): { readonly changes: readonly FaultChange[]; readonly done: boolean };
  capture(): Iterable<Uint8Array>;
  faults(): readonly Fault[];
}

export interface RulesRunnerOptions {
  readonly journal: Journal;
  readonly snapshots: Pick<SnapshotStore, 'save'>;
  readonly engine: DrivenEngine;
  /** Journal position that the engine's state reflects. */
  readonly position: number;
  readonly latest: Pick<LatestValues, 'put'>;
  /** Turns changes into tickets; durable when it resolves. */
  onFaults(changes: readonly FaultChange[]): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Carries readings from the journal through the rules, and time where there are none. */
export interface RulesRunner {
  /** Resolves when every entry up to the position has gone through the rules and its tickets are kept. */
  caughtUp(position: number): Promise<void>;
  /** Tells the rules that it is `now`; for simulated time. */
  advance(now: number): Promise<void>;
  /** From now on the clock advances the rules twice a second, no further than they have caught up with the journal. */
  goLive(): void;
  faults(): readonly Fault[];
  position(): number;
  /** Finishes what is in hand and keeps a last snapshot. */
  stop(): Promise<void>;
}

/** Starts to follow the journal at once. */
export function startRulesRunner(options: RulesRunnerOptions): RulesRunner {
  const { journal, snapshots, engine, latest, onFaults, clock, log } = options;
  let position = options.position;
  /** Everything that arrived before has gone through the rules. */
  let received = 0;
  let saved = position;
  let savedAt = clock.now();
  let saving: Promise<void> | undefined;
  let ticker: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  /** The engine has one caller at a time: a batch of readings, a tick, a snapshot. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };

  const settle = async (changes: readonly FaultChange[]): Promise<void> => {
    if (changes.length > 0) await onFaults(changes);
  };

  const save = async (at: number, pieces: Iterable<Uint8Array>): Promise<void> => {
    await snapshots.save(NAME, at, pieces);
    saved = at;
    await journal.advance(NAME, at);
  };
  /** Copies the state now and keeps it beside the work that goes on. */
  const saveBeside = (): void => {
    if (saving || position === saved || clock.now() - savedAt <= SNAPSHOT_MS) return;
    savedAt = clock.now();
    saving = save(position, engine.capture())
      .catch((error: unknown) => log.error({ error }, 'the state of the rules could not be kept'))
      .finally(() => {
        saving = undefined;
      });
  };

  // Changes that were made but could not be kept are offered again before the next batch: a second step of the
  // same readings would not bring them a second time.
  let owed: readonly FaultChange[] = [];
  const settleOwed = async (): Promise<void> => {
    await settle(owed);
    owed = [];
  };

  const handle = async (batch: readonly Journalled[]): Promise<void> => {
    await settleOwed();
    const changes: FaultChange[] = [];
    owed = changes;
    const readings: Reading[] = [];
    for (const { position: at, entry } of batch) {
      if (at <= position || entry.type !== 'reading') continue;
      received = Math.max(received, entry.reading.received);
      latest.put(entry.reading);
      readings.push(entry.reading);
    }
    // Before the first step: what is taken twice is told twice, and only changes may be owed.
    position = Math.max(position, batch.at(-1)?.position ?? 0);
    let begun = performance.now();
    for (let i = 0; i < readings.length; i += SLICE) {
      changes.push(...engine.stepAll(readings.slice(i, i + SLICE)));
      if (performance.now() - begun < SLICE_MS) continue;
      await nextTurn();
      begun = performance.now();
    }
    await settleOwed();
    saveBeside();
  };

  const advance = async (now: number): Promise<void> => {
    await settleOwed();
    for (let done = false; !done; ) {
      const part = engine.advancePart(now);
      done = part.done;
      owed = part.changes;
      await settleOwed();
      if (!done) await nextTurn();
    }
  };

  const follower: Follower = follow({
    journal,
    name: NAME,
    from: position,
    batch: BATCH,
    handle: (batch) => inTurn(() => handle(batch)),
    log,
  });

  // Behind the journal's head time goes on only as far as what has been heard: what waits there may have ended a hold.
  const tick = (): void => {
    const heardUntil = position < journal.head() ? received : clock.now();
    if (heardUntil === 0) return;
    inTurn(() => advance(heardUntil - GRACE_MS)).catch((error: unknown) =>
      log.error({ error }, 'the rules could not be advanced'),
    );
  };

  return {
    caughtUp: (to) => follower.caughtUp(to),
    advance: (now) => inTurn(() => advance(now)),
    goLive: () => {
      ticker ??= setInterval(tick, TICK_MS);
    },
    faults: () => engine.faults(),
    position: () => position,
    stop: async () => {
      clearInterval(ticker);
      await follower.stop();
      await inTurn(settleOwed);
      await saving;
      if (saved !== position) await save(position, engine.capture());
    },
  };
}
