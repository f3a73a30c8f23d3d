import type { Health } from '../../model/health.ts';
import type { Journal, JournalEntry, Journalled } from './contract.ts';
import { groupCommit } from './group-commit.ts';
import { openFiles, passedChunks } from './lmdb-files.ts';
import { durably } from './lmdb-root.ts';
import { probeUntilWell } from './probe.ts';
import { appendFrom, recentEntries } from './recent.ts';

export interface JournalOptions {
  /** A folder of its own; made when it is not there. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** Entries that may wait before `append` does. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 2_000_000;
/** Entries of one stored value: large enough to be packed well, small enough to be read in part. */
const CHUNK_ENTRIES = 1_000;
const GROUP_ENTRIES = 20_000;
const RECENT_ENTRIES = 20_000;
const PROBE_EVERY_MS = 1_000;
/** What a probe writes: room for this much is room for a group of messages. */
const PROBE_BYTES = 64 * 1024;

/**
 * What one commit may carry: entries to append (`last` is told when they are), a cursor to move, or bytes that show
 * whether the disk takes any.
 */
type Write =
  | { readonly type: 'append'; readonly entries: readonly JournalEntry[]; last: number }
  | { readonly type: 'cursor'; readonly name: string; readonly position: number }
  | { readonly type: 'probe'; readonly bytes: number };

/** What every reader has passed; nothing while there is no reader yet. */
function lowest(cursors: ReadonlyMap<string, number>): number {
  return cursors.size === 0 ? 0 : Math.min(...cursors.values());
}

function cut(entries: readonly JournalEntry[]): (readonly JournalEntry[])[] {
  if (entries.length <= CHUNK_ENTRIES) return [entries];
  const parts: (readonly JournalEntry[])[] = [];
  for (let i = 0; i < entries.length; i += CHUNK_ENTRIES) parts.push(entries.slice(i, i + CHUNK_ENTRIES));
  return parts;
}

/**
 * A journal in LMDB. Entries are packed, a chunk of a group commit to a value; LMDB uses the room of forgotten
 * chunks again, so the file grows to the longest queue there was.
 *
 * Throws data_unwritable when the folder cannot be used.
 */
export async function openJournal({ dir, limit = DEFAULT_LIMIT }: JournalOptions): Promise<Journal> {
  const files = openFiles(dir);
  const cursors = new Map<string, number>();
  for (const { key, value } of files.cursors.getRange()) cursors.set(key, value);
  const recent = recentEntries(RECENT_ENTRIES);
  const waiters = new Set<{ readonly position: number; readonly resolve: () => void }>();
  let head = files.meta.get('head') ?? 0;
  /** Positions given out, also to commits that failed: never used again. */
  let given = head;
  let trouble = '';
  let closing: Promise<void> | undefined;

  let floor = lowest(cursors);

  const commit = async (writes: readonly Write[]): Promise<void> => {
    const first = given + 1;
    const entries = writes.flatMap((write) => (write.type === 'append' ? write.entries : []));
    const moved = new Map<string, number>();
    for (const write of writes) {
      if (write.type === 'cursor') {
        const now = moved.get(write.name) ?? cursors.get(write.name) ?? 0;
        moved.set(write.name, Math.max(write.position, now));
      } else if (write.type === 'append') {
        given += write.entries.length;
        write.last = given;
      }
    }
    const newHead = entries.length > 0 ? given : head;
    const parts = entries.length > 0 ? cut(entries) : [];
    try {
      await durably(files.root, dir, () => {
        parts.forEach((part, i) => {
          files.chunks.putSync(first + i * CHUNK_ENTRIES, part, { append: true });
        });
        if (newHead > head) files.meta.putSync('head', newHead);
        for (const [name, position] of moved) files.cursors.putSync(name, position);
        for (const write of writes)
          if (write.type === 'probe') files.probes.putSync('room', new Uint8Array(write.bytes));
        const newFloor = lowest(new Map([...cursors, ...moved]));
        if (newFloor > floor) {
          for (const key of passedChunks(files.chunks, newFloor, newHead)) files.chunks.removeSync(key);
        }
      });
    } catch (error) {
      trouble = (error as Error).message;
      probe.begin();
      throw error;
    }
    trouble = '';
    head = newHead;
    for (const [name, position] of moved) cursors.set(name, position);
    floor = lowest(cursors);
    parts.forEach((part, i) => {
      recent.add(first + i * CHUNK_ENTRIES, part);
    });
    for (const waiter of waiters) if (waiter.position < head) waiter.resolve();
  };

  const writer = groupCommit<Write>({
    commit,
    hasRoom: (weight) => head === floor || head - floor + weight <= limit,
    maxWeight: GROUP_ENTRIES,
  });
  const probe = probeUntilWell(async () => {
    await writer.express({ type: 'probe', bytes: PROBE_BYTES }, 0);
    await writer.express({ type: 'probe', bytes: 0 }, 0);
  }, PROBE_EVERY_MS);

  const readStored = (position: number, max: number): Journalled[] => {
    const [start] = files.chunks.getKeys({ start: position + 1, reverse: true, limit: 1 });
    const found: Journalled[] = [];
    for (const { key, value } of files.chunks.getRange({ start: start ?? 0, end: head + 1 })) {
      appendFrom(found, key, value, position, max);
      if (found.length === max) break;
    }
    return found;
  };

  return {
    append: (entries) => {
      if (entries.length === 0) return Promise.resolve(head);
      const write: Write = { type: 'append', entries, last: 0 };
      // Points are born from entries that wait already: who reads those must never wait for room to write these.
      const express = entries.every((entry) => entry.type === 'point');
      const written = express ? writer.express(write, entries.length) : writer.add(write, entries.length);
      return written.then(() => write.last);
    },
    read: (position, max) => {
      if (position >= head || max <= 0) return [];
      return recent.after(position, max) ?? readStored(position, max);
    },
    waitFor: async (position, signal) => {
      if (head > position || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        const waiter = { position, resolve: settle };
        waiters.add(waiter);
        signal.addEventListener('abort', settle);
      });
    },
    head: () => head,
    cursor: (name) => {
      const position = cursors.get(name);
      if (position !== undefined) return position;
      cursors.set(name, 0);
      floor = 0;
      writer.express({ type: 'cursor', name, position: 0 }, 0).catch((reason: unknown) => {
        trouble = (reason as Error).message;
      });
      return 0;
    },
    advance: async (name, position) => {
      if (position > head) throw new RangeError(`cursor ${name}: ${position} is beyond the head ${head}`);
      await writer.express({ type: 'cursor', name, position }, 0);
    },
    health: (): Health => {
      const waiting = head - floor;
      if (trouble !== '') return { ok: false, detail: trouble };
      if (waiting >= limit) return { ok: false, detail: `journal_full: ${waiting} entries wait` };
      return { ok: true, detail: `${waiting} entries wait` };
    },
    close: () => {
      probe.stop();
      closing ??= writer.close().then(() => files.root.close());
      return closing;
    },
  };
}
