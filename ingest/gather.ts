import type { Reading } from '../model/reading.ts';
import type { Journal, JournalEntry } from '../store/journal/contract.ts';

/** Readings of one append; more begin the next one. Far below the smallest limit that a journal may have. */
const MOST_READINGS = 500;

interface Gathering {
  readonly entries: JournalEntry[];
  readonly outcome: Promise<void>;
}

/**
 * Readings that are handed over in one go, such as those of one read of a socket, share one append and its promise: a
 * promise for every reading costs more than decoding it. Appends begin in order, before anything else may happen
 * (microtask); `durable` is told how many readings each brought to the disk.
 */
export function gatherAppends(
  append: Journal['append'],
  durable: (readings: number) => void,
): (readings: readonly Reading[]) => Promise<void> {
  let open: Gathering | undefined;

  const begin = (): Gathering => {
    const entries: JournalEntry[] = [];
    const appended = async (): Promise<void> => {
      await undefined;
      if (open?.entries === entries) open = undefined;
      await append(entries);
      durable(entries.length);
    };
    return { entries, outcome: appended() };
  };

  return (readings) => {
    if (open === undefined || open.entries.length >= MOST_READINGS) open = begin();
    for (const reading of readings) open.entries.push({ type: 'reading', reading });
    return open.outcome;
  };
}
