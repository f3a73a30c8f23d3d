import type { Journal } from '../../store/journal/contract.ts';
import type { SeriesStore } from '../../store/series/contract.ts';
import type { DrivenEngine } from '../rules-runner.ts';
import { createHistogram, type Histogram, SECONDS, SHORT_SECONDS } from './histogram.ts';

/** A clock that only goes forward, milliseconds: `performance.now`. */
export type Stopwatch = () => number;

/** What the parts took since the start; their wrappers below fill it. */
export interface Meters {
  readonly append: Histogram;
  /** When the oldest append that is not durable yet was begun; undefined when there is none. */
  oldestAppend(): number | undefined;
  readonly write: Histogram;
  readonly points: { stored: number; rejected: number; kept: number };
  /** Writes of which points were kept for later: each is tried again. */
  retries: number;
  readonly step: Histogram;
  readonly advance: Histogram;
  /** Since when changes of faults could not be turned into tickets, and why; undefined = they could. */
  owed: { readonly since: number; readonly reason: string } | undefined;
  /** Appends under way: a set keeps the order in which they began. */
  readonly appending: Set<{ readonly begun: number }>;
}

export function createMeters(): Meters {
  const appending: Meters['appending'] = new Set();
  return {
    append: createHistogram(SECONDS),
    oldestAppend: () => appending.values().next().value?.begun,
    write: createHistogram(SECONDS),
    points: { stored: 0, rejected: 0, kept: 0 },
    retries: 0,
    step: createHistogram(SHORT_SECONDS),
    advance: createHistogram(SHORT_SECONDS),
    owed: undefined,
    appending,
  };
}

/** The journal, its appends timed. An append that fails counts like one that succeeds. */
export function measuredJournal(journal: Journal, { append, appending }: Meters, now: Stopwatch): Journal {
  return {
    ...journal,
    append: (entries) => {
      if (entries.length === 0) return journal.append(entries);
      const one = { begun: now() };
      appending.add(one);
      return journal.append(entries).finally(() => {
        appending.delete(one);
        append.observe((now() - one.begun) / 1_000);
      });
    },
  };
}

/** The series engine, its writes timed and counted. */
export function measuredSeries(series: SeriesStore, meters: Meters, now: Stopwatch): SeriesStore {
  const { write, points } = meters;
  return {
    ...series,
    write: async (batch, upTo, signal) => {
      const begun = now();
      try {
        const settled = await series.write(batch, upTo, signal);
        points.stored += settled.stored;
        points.rejected += settled.rejected.length;
        points.kept += settled.keep.length;
        if (settled.keep.length > 0) meters.retries++;
        return settled;
      } catch (error) {
        meters.retries++;
        throw error;
      } finally {
        write.observe((now() - begun) / 1_000);
      }
    },
  };
}

/** The rules' engine, its steps timed. */
export function measuredEngine(
  engine: DrivenEngine,
  { step, advance }: Meters,
  now: Stopwatch,
): DrivenEngine {
  return {
    ...engine,
    stepAll: (readings) => {
      const begun = now();
      const changes = engine.stepAll(readings);
      const each = (now() - begun) / 1_000 / readings.length;
      for (const _ of readings) step.observe(each);
      return changes;
    },
    advancePart: (to) => {
      const begun = now();
      const part = engine.advancePart(to);
      advance.observe((now() - begun) / 1_000);
      return part;
    },
  };
}

/** Turning changes into tickets: whoever fails or hangs there is known by the time it began. */
export function measuredFaults<T>(keep: (changes: T) => Promise<void>, meters: Meters, now: Stopwatch) {
  return async (changes: T): Promise<void> => {
    const since = meters.owed?.since ?? now();
    meters.owed ??= { since, reason: 'the records do not answer' };
    try {
      await keep(changes);
      meters.owed = undefined;
    } catch (error) {
      meters.owed = { since, reason: (error as Error).message };
      throw error;
    }
  };
}
