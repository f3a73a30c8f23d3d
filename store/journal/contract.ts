import type { Health } from '../../model/health.ts';
import type { Point } from '../../model/point.ts';
import type { Reading } from '../../model/reading.ts';

/** What has been accepted and must reach the series engine; readings also reach the rules. */
export type JournalEntry =
  | { readonly type: 'reading'; readonly reading: Reading }
  | { readonly type: 'point'; readonly point: Point };

/** `position` counts entries from 1 and is never used twice, also after the journal forgot. */
export interface Journalled {
  readonly position: number;
  readonly entry: JournalEntry;
}

/** What waits, as far as it is known without reading it. */
export interface JournalSize {
  /** Entries that some reader has still to pass. */
  readonly waiting: number;
  /** Bytes that they take up on the disk. */
  readonly bytes: number;
  /** When the oldest of them was written, epoch milliseconds; undefined when none waits. */
  readonly since: number | undefined;
  /** Entries that could not be read since the start: the disk has lost them. */
  readonly lost: number;
}

/**
 * Accepted, not yet stored. Everything that was appended can be read again, in the order of positions, until every
 * cursor has passed it.
 *
 * An implementation owes:
 * - `append` resolves only when the entries are on disk (they survive `kill -9` and loss of power), all of them or
 *   none; concurrent appends share a commit.
 * - When as many entries, or bytes, wait as the journal may hold, `append` does not resolve until there is room:
 *   nothing is dropped. Points alone go through all the same: they are born from entries that wait, and whoever reads
 *   those must not wait here.
 * - Positions of one call are consecutive and later calls get higher ones. Between calls some may be left out.
 * - What the disk has damaged is left out and told; the rest is read as it was written, and never anything else.
 * - A failure of the disk rejects the appends that it meets, and `health` tells of it until the disk is well again,
 *   which the journal finds out by itself. Cursors can be moved while the disk is full.
 * - `close` resolves after every append that was begun is on disk or rejected.
 */
export interface Journal {
  /** Resolves to the position of the last entry. Throws when the disk refuses or the journal is closed. */
  append(entries: readonly JournalEntry[]): Promise<number>;
  /** Up to `max` entries after `position`, oldest first; empty at the head. Throws data_corrupt when none is readable. */
  read(position: number, max: number): readonly Journalled[];
  /** Resolves as soon as an entry after `position` is readable, or when the signal is aborted. */
  waitFor(position: number, signal: AbortSignal): Promise<void>;
  /** Position of the newest durable entry; 0 when there was none. */
  head(): number;
  /**
   * How far the reader of that name has come, durably; 0 at first. A name once asked for holds entries back: ask for
   * the cursors of all readers before the first of them advances.
   */
  cursor(name: string): number;
  /** Moves a cursor forward, durably, and forgets what every cursor has passed. */
  advance(name: string, position: number): Promise<void>;
  size(): JournalSize;
  health(): Health;
  close(): Promise<void>;
}
