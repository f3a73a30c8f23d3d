import type { SeriesWriter } from '../ingest/series-writer.ts';
import type { Journal } from '../store/journal/contract.ts';
import type { RulesRunner } from './rules-runner.ts';
import { standsByPlace, type WatchedStep } from './stalled.ts';
import type { EventLoopWatch } from './watch/event-loop.ts';
import type { Meters } from './watch/measured.ts';

export interface WatchedParts {
  readonly journal: Pick<Journal, 'head' | 'health'>;
  readonly writer: Pick<SeriesWriter, 'position' | 'lag' | 'health'>;
  readonly rules: Pick<RulesRunner, 'position'>;
  readonly meters: Pick<Meters, 'oldestAppend' | 'owed'>;
  readonly loop: Pick<EventLoopWatch, 'delay'>;
}

/** How long each step may stand, milliseconds. A retry of the series engine waits up to 30 s by itself. */
export interface StallLimits {
  readonly followerMs: number;
  readonly appendMs: number;
  readonly loopMs: number;
}

export const DEFAULT_STALL_LIMITS: StallLimits = { followerMs: 60_000, appendMs: 10_000, loopMs: 5_000 };

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** The steps of a reading's way that can stand still, in its order. */
export function watchedSteps(parts: WatchedParts, limits: StallLimits): readonly WatchedStep[] {
  const { journal, writer, rules, meters, loop } = parts;
  const rulesWait = (): number => journal.head() - rules.position();
  const rulesStand = standsByPlace(rules.position, rulesWait);
  return [
    {
      name: 'event_loop',
      limitMs: limits.loopMs,
      standsSince: (now) => now - loop.delay().max_s * 1_000,
      reason: () => 'nothing could be answered for that long within the last 20 s',
      advice:
        'Give the machine more processor time, or fewer readings; a profile (node --cpu-prof) says more.',
    },
    {
      name: 'journal_append',
      limitMs: limits.appendMs,
      standsSince: () => meters.oldestAppend(),
      reason: () =>
        `readings wait to be made durable, and their devices for PUBACK; the journal says: ${journal.health().detail}`,
      advice:
        'Make room on the disk of the data folder; when the journal is full, mend the series engine first.',
    },
    {
      name: 'series_writer',
      limitMs: limits.followerMs,
      standsSince: standsByPlace(writer.position, writer.lag),
      reason: () => writer.health().detail,
      advice:
        'Start the series engine or mend its address, password or disk; readings wait in the journal until then.',
    },
    {
      name: 'rules',
      limitMs: limits.followerMs,
      standsSince: (now) => earlier(rulesStand(now), meters.owed?.since),
      reason: () =>
        `${rulesWait()} entries wait${meters.owed ? `; tickets cannot be kept: ${meters.owed.reason}` : ''}`,
      advice:
        'Look in the log for follower=rules; most often the records (records.sqlite) cannot be written.',
    },
  ];
}
