import type { RejectCode } from '../model/codes.ts';
import type { Directory } from '../model/directory.ts';
import type { Log } from '../model/log.ts';
import type { RawMessage, Reading } from '../model/reading.ts';
import type { Rejection } from '../model/rejection.ts';
import type { Journal } from '../store/journal/contract.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import type { Flaw } from './codecs/codec.ts';
import { gatherAppends } from './gather.ts';
import { DEFAULT_LIMITS, type IngestLimits } from './limits.ts';
import { rejectionsOf } from './rejections.ts';
import { type Passage, STEPS, type Surroundings } from './steps.ts';
import { suggestions } from './suggestions.ts';

export interface IngestOptions {
  readonly directory: Directory;
  readonly journal: Pick<Journal, 'append'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly limits?: Partial<IngestLimits>;
  readonly log?: Log;
}

/** Since the start of this process. */
export interface IngestCounters {
  readonly messages: number;
  readonly readings: number;
  readonly rejected: number;
}

export interface Ingest {
  /**
   * Takes a message on its way. Messages handed over in order are journalled in order: their places in the journal are
   * taken without waiting for anything. Resolves when everything in it is durable, accepted or rejected; rejects only when it
   * could not be made durable, and then it must not be acknowledged.
   */
  accept(message: RawMessage): Promise<void>;
  /** Puts a message that is refused at the door (`topic_forbidden`) into quarantine; resolves when it is durable. */
  refuse(message: RawMessage, code: RejectCode, detail: string): Promise<void>;
  /**
   * Takes a message out of quarantine on its way again. Resolves to what is still rejected, which is not kept, when all
   * the rest is durable in the journal.
   */
  replay(message: RawMessage): Promise<readonly Rejection[]>;
  counters(): IngestCounters;
}

function walk(passage: Passage, surroundings: Surroundings): Flaw | undefined {
  for (const step of STEPS) {
    const flaw = step.run(passage, surroundings);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** Joins the steps to the journal and the quarantine. */
export function createIngest({ directory, journal, quarantine, limits, log }: IngestOptions): Ingest {
  const surroundings: Surroundings = {
    directory,
    limits: { ...DEFAULT_LIMITS, ...limits },
    suggest: suggestions(),
  };
  const counters = { messages: 0, readings: 0, rejected: 0 };

  const walkSafely = (passage: Passage): Flaw | undefined => {
    try {
      return walk(passage, surroundings);
    } catch (error) {
      // A mistake of ours. The message is kept for the day when it is mended; sent again and again it would block.
      log?.error({ message: passage.message.id, error }, 'a step of ingest failed');
      passage.readings.length = 0;
      passage.flaws = [];
      return {
        code: 'payload_wrong_shape',
        detail: `Steward failed to read it: ${(error as Error).message}`,
      };
    }
  };

  const keep = async (rejections: readonly Rejection[], count: number): Promise<void> => {
    for (const { message, client, topic, code, detail } of rejections) {
      log?.debug({ message, client, topic, code }, `rejected: ${detail}`);
    }
    await quarantine.keep(rejections);
    counters.rejected += count;
  };

  const append = gatherAppends(
    (entries) => journal.append(entries),
    (readings) => {
      counters.readings += readings;
    },
  );

  const judge = (message: RawMessage): { readonly readings: readonly Reading[]; readonly flaws: Flaw[] } => {
    const passage: Passage = {
      message,
      topic: undefined,
      samples: [],
      asset: undefined,
      readings: [],
      flaws: [],
    };
    const flaw = walkSafely(passage);
    return {
      readings: passage.readings,
      flaws: flaw === undefined ? passage.flaws : [...passage.flaws, flaw],
    };
  };

  return {
    accept: (message) => {
      counters.messages++;
      const { readings, flaws } = judge(message);
      if (flaws.length === 0) return append(readings);
      const kept = keep(rejectionsOf(message, flaws), flaws.length);
      if (readings.length === 0) return kept;
      return Promise.all([append(readings), kept]).then(() => {});
    },
    replay: async (message) => {
      const { readings, flaws } = judge(message);
      if (readings.length > 0) await append(readings);
      return rejectionsOf(message, flaws);
    },
    refuse: (message, code, detail) => {
      counters.messages++;
      return keep(rejectionsOf(message, [{ code, detail }]), 1);
    },
    counters: () => ({ ...counters }),
  };
}
