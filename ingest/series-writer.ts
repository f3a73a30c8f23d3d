import type { Clock } from '../model/clock.ts';
import type { Health } from '../model/health.ts';
import type { Log } from '../model/log.ts';
import { type Point, readingPoint } from '../model/point.ts';
import type { Rejection } from '../model/rejection.ts';
import { telemetryTopic } from '../model/topics.ts';
import type { Journal, JournalEntry, Journalled } from '../store/journal/contract.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import type { RejectedPoint, SeriesStore } from '../store/series/contract.ts';
import { type Follower, follow, type Handling, RetryLater } from './follow.ts';

/** The cursor that holds back what the series engine does not have yet. */
export const SERIES_CURSOR = 'series';

const DEFAULT_BATCH = 10_000;
/**
 * At the head a batch waits this long for company, or four times as long when there is much: few commits, and still soon
 * enough to be looked at. DuckDB takes a row of 10,000 for 0.7 of what one of 4,000 costs.
 */
const LINGER_MS = 50;

export interface SeriesWriterOptions {
  readonly journal: Pick<Journal, 'read' | 'waitFor' | 'head' | 'cursor' | 'advance'>;
  readonly series: Pick<SeriesStore, 'engine' | 'position' | 'write'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Most entries of one write. */
  readonly batch?: number | undefined;
}

export interface SeriesWriter extends Pick<Follower, 'position' | 'caughtUp' | 'stop'> {
  /** Entries that the engine does not have yet. */
  lag(): number;
  health(): Health;
}

function pointOf(entry: JournalEntry): Point {
  return entry.type === 'reading' ? readingPoint(entry.reading) : entry.point;
}

function identity({ measurement, tags, ts }: Point): string {
  return `${measurement} ${tags['asset']} ${tags['rule']} ${ts}`;
}

/** What the installer sees of a point that the engine refused. */
function rejectionsOf(
  rejected: readonly RejectedPoint[],
  batch: readonly Journalled[],
  now: number,
): Rejection[] {
  const entries = new Map(batch.map(({ entry }) => [identity(pointOf(entry)), entry]));
  return rejected.map(({ point, reason, code }) => {
    const entry = entries.get(identity(point));
    const reading = entry?.type === 'reading' ? entry.reading : undefined;
    const payload = Buffer.from(JSON.stringify(point));
    return {
      message: reading?.message ?? '',
      topic: reading ? telemetryTopic(reading) : '',
      client: 'series',
      received: reading?.received ?? now,
      code: code ?? 'series_rejected',
      detail: reason,
      payload,
      size: payload.length,
    };
  });
}

/**
 * Where to begin. An engine that keeps its position with its points is at most one batch ahead of the cursor, after a
 * crash between its commit and ours. One that claims more has seen another journal: everything in this one is written.
 */
async function beginning({ journal, series, log }: SeriesWriterOptions, batch: number): Promise<number> {
  const cursor = journal.cursor(SERIES_CURSOR);
  const stored = (await series.position()) ?? 0;
  if (stored <= cursor) return cursor;
  if (stored <= Math.min(journal.head(), cursor + batch)) return stored;
  const fields = { engine: series.engine, stored, cursor, head: journal.head() };
  log.warn(fields, 'the series engine knows another journal; everything in this one is written');
  return cursor;
}

/**
 * Writes the journal to the series engine, in order: large batches when behind, soon when at the head. A point that
 * the engine refuses for good goes to quarantine; points that it keeps for later are written again, with its own
 * patience, and hold the others back until they are stored.
 */
export async function startSeriesWriter(options: SeriesWriterOptions): Promise<SeriesWriter> {
  const { journal, series, quarantine, clock, log, batch = DEFAULT_BATCH } = options;
  let unsettled: { readonly batch: readonly Journalled[]; readonly points: readonly Point[] } | undefined;

  const handle = async (entries: readonly Journalled[], { signal, release }: Handling): Promise<void> => {
    const upTo = entries.at(-1)!.position;
    const points =
      unsettled?.batch === entries ? unsettled.points : entries.map(({ entry }) => pointOf(entry));
    const { rejected, keep, reason, retryAfterMs } = await series.write(points, upTo, signal);
    if (rejected.length > 0) {
      log.warn(
        { engine: series.engine, points: rejected.length },
        `refused for good: ${rejected[0]!.reason}`,
      );
      await quarantine.keep(rejectionsOf(rejected, entries, clock.now()));
    }
    if (keep.length > 0) {
      unsettled = { batch: entries, points: keep };
      throw new RetryLater(reason ?? `${series.engine} keeps ${keep.length} points waiting`, retryAfterMs);
    }
    unsettled = undefined;
    await release(upTo);
  };

  const from = await beginning(options, batch);
  const follower = follow({ journal, name: SERIES_CURSOR, from, batch, lingerMs: LINGER_MS, handle, log });
  const lag = (): number => journal.head() - follower.position();
  return {
    position: follower.position,
    caughtUp: follower.caughtUp,
    stop: follower.stop,
    lag,
    health: () => {
      const trouble = follower.trouble();
      if (trouble === '') return { ok: true, detail: `${lag()} entries behind` };
      return { ok: false, detail: `series_unavailable: ${trouble}; ${lag()} entries wait` };
    },
  };
}
