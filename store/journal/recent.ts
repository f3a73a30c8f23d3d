import type { JournalEntry, Journalled } from './contract.ts';

interface Chunk {
  readonly first: number;
  readonly entries: readonly JournalEntry[];
}

/**
 * The newest entries, kept in memory as they were appended: readers that keep up with the head never decode.
 * Holds at least the newest chunk, and otherwise no more than `capacity` entries.
 */
export interface Recent {
  add(first: number, entries: readonly JournalEntry[]): void;
  /** What follows `position`, or undefined when that is older than what is held. */
  after(position: number, max: number): Journalled[] | undefined;
}

export function recentEntries(capacity: number): Recent {
  /** From `dropped` on; before, nothing is held any more. */
  let chunks: (Chunk | undefined)[] = [];
  let dropped = 0;
  let held = 0;

  const indexOf = (position: number): number => {
    let low = dropped;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunks[middle]!.first <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    add: (first, entries) => {
      chunks.push({ first, entries });
      held += entries.length;
      while (held > capacity && dropped < chunks.length - 1) {
        held -= chunks[dropped]!.entries.length;
        // At once: a thousand chunks that are only skipped may be millions of entries.
        chunks[dropped++] = undefined;
      }
      if (dropped > 1_000) {
        chunks = chunks.slice(dropped);
        dropped = 0;
      }
    },
    after: (position, max) => {
      const oldest = chunks[dropped];
      if (!oldest || position + 1 < oldest.first) return undefined;
      const found: Journalled[] = [];
      for (let c = indexOf(position + 1); c < chunks.length && found.length < max; c++) {
        appendFrom(found, chunks[c]!.first, chunks[c]!.entries, position, max);
      }
      return found;
    },
  };
}

/** Adds to `found` what the chunk holds after `position`, up to `max` in all. */
export function appendFrom(
  found: Journalled[],
  first: number,
  entries: readonly JournalEntry[],
  position: number,
  max: number,
): void {
  const start = Math.max(0, position + 1 - first);
  for (let i = start; i < entries.length && found.length < max; i++) {
    found.push({ position: first + i, entry: entries[i]! });
  }
}
