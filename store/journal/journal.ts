import { mkdirSync } from 'node:fs';
import { type Clock, systemClock } from '../../model/clock.ts';
import { type Log, silentLog } from '../../model/log.ts';
import { openAppender } from './appender.ts';
import { hasRoom, healthOf } from './bounds.ts';
import type { Journal, JournalEntry, JournalSize } from './contract.ts';
import { openCursorFile, readStanding } from './cursor-file.ts';
import { createCursors } from './cursors.ts';
import { type Disk, realDisk } from './disk.ts';
import { forgetPassed } from './forget.ts';
import { groupCommit } from './group-commit.ts';
import { findLog } from './open-log.ts';
import { probeUntilWell } from './probe.ts';
import { createReader } from './reader.ts';
import { recentEntries } from './recent.ts';
import { bytesAfter, entriesAfter } from './segment.ts';
import { unwritable } from './unwritable.ts';
import { createWaiters } from './waiters.ts';

export interface JournalOptions {
  /** A folder of its own; made when it is not there. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** Entries that may wait before `append` does. */
  readonly limit?: number | undefined;
  /** Bytes that may wait before `append` does. */
  readonly limitBytes?: number | undefined;
  /** How long the oldest entry may wait before `health` is not ok, milliseconds. It is kept all the same. */
  readonly limitAgeMs?: number | undefined;
  /** Size at which a file is closed and the next one begun. */
  readonly segmentBytes?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly log?: Log | undefined;
  readonly disk?: Disk | undefined;
}

const DEFAULT_LIMIT = 2_000_000;
const DEFAULT_LIMIT_BYTES = 1024 * 1024 * 1024;
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const GROUP_ENTRIES = 20_000;
const RECENT_ENTRIES = 20_000;
const PROBE_EVERY_MS = 1_000;
/** What a probe writes: room for this much is room for a group of messages. */
const PROBE_BYTES = 64 * 1024;

/** Entries to append (`last` is told when they are), or the question whether the disk takes any. */
type Write =
  | { readonly type: 'append'; readonly entries: readonly JournalEntry[]; last: number }
  | { readonly type: 'probe' };

/** Opens the files. Throws data_unwritable, or data_outdated. */
async function openFiles({
  dir,
  clock = systemClock,
  log = silentLog,
  disk = realDisk,
  segmentBytes = DEFAULT_SEGMENT_BYTES,
}: JournalOptions) {
  try {
    mkdirSync(dir, { recursive: true });
    const standing = readStanding(dir);
    const found = findLog(dir, standing, log);
    // Their names are not needed any more when a newer segment is there.
    for (const { path, first } of found.hollow)
      if (first < (found.segments.at(-1)?.first ?? 0)) await disk.remove(path).catch(() => {});
    const appender = await openAppender({ ...found, dir, disk, clock, log, segmentBytes });
    return { ...found, appender, standing, file: await openCursorFile(dir, disk), clock, log, disk };
  } catch (cause) {
    throw unwritable(dir, cause);
  }
}

/**
 * A journal in the files of an append-only log (docs/decisions/0015). One write and one sync for many appends; what
 * every reader has passed goes with its file.
 *
 * Throws data_unwritable when the folder cannot be used, data_outdated when a journal of another kind lies in it.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, limit = DEFAULT_LIMIT, limitBytes = DEFAULT_LIMIT_BYTES } = options;
  const bounds = { limit, limitBytes, limitAgeMs: options.limitAgeMs ?? Number.POSITIVE_INFINITY };
  const { segments, appender, standing, file, clock, log, disk, ...found } = await openFiles(options);
  const reader = createReader(segments, log);
  const recent = recentEntries(RECENT_ENTRIES);
  const waiters = createWaiters();
  let { head } = found;
  let room = { waiting: 0, bytes: 0 };
  let oldest: { readonly floor: number; readonly since: number | undefined } | undefined;
  let trouble = '';
  let closing: Promise<void> | undefined;

  const cursors = createCursors({
    file,
    standing,
    head: () => head,
    unwritable: (cause) => unwritable(dir, cause),
    passed: async (floor) => {
      await forgetPassed(segments, floor, dir, disk).catch((error: unknown) =>
        log.warn({ error }, 'files of the journal that are not needed any more could not be removed'),
      );
      measure();
      writer.wake();
    },
  });

  const measure = (): void => {
    const floor = cursors.floor();
    const waiting = entriesAfter(segments, floor, head);
    room = { waiting, bytes: waiting === 0 ? 0 : bytesAfter(segments, floor) };
  };
  measure();

  const commit = async (writes: readonly Write[]): Promise<void> => {
    const appends = writes.filter((write) => write.type === 'append');
    const entries = appends.length === 1 ? appends[0]!.entries : appends.flatMap((write) => write.entries);
    let first = 0;
    try {
      if (appends.length < writes.length) await appender.probe(PROBE_BYTES);
      if (entries.length > 0) first = await appender.append(entries);
    } catch (cause) {
      const error = unwritable(dir, cause);
      trouble = error.message;
      probe.begin();
      throw error;
    }
    trouble = '';
    if (entries.length === 0) return;
    let last = first - 1;
    for (const append of appends) {
      last += append.entries.length;
      append.last = last;
    }
    head = last;
    recent.add(first, entries);
    measure();
    waiters.tell(head);
  };

  const writer = groupCommit<Write>({
    commit,
    hasRoom: (weight) => hasRoom(bounds, room, weight),
    maxWeight: GROUP_ENTRIES,
  });
  const probe = probeUntilWell(() => writer.express({ type: 'probe' }, 0), PROBE_EVERY_MS);

  /** What is forgotten may lie in a file still; it is as gone as if it did not. */
  const readableAfter = (position: number): number => Math.max(position, cursors.floor());

  const since = (): number | undefined => {
    const floor = cursors.floor();
    if (room.waiting === 0) return undefined;
    // Looked up on the disk: once for a place, however often it is asked for.
    if (oldest?.floor !== floor || oldest.since === undefined)
      oldest = { floor, since: reader.writtenAt(floor, head) };
    return oldest.since;
  };
  const size = (): JournalSize => ({ ...room, since: since(), lost: found.lost + reader.lost() });

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
      const after = readableAfter(position);
      if (after >= head || max <= 0) return [];
      return recent.after(after, max) ?? reader.read(after, max, head);
    },
    waitFor: async (position, signal) => {
      const after = readableAfter(position);
      if (head <= after && !signal.aborted) await waiters.waitFor(after, signal);
    },
    head: () => head,
    cursor: (name) => {
      const position = cursors.get(name);
      measure();
      return position;
    },
    advance: (name, position) => cursors.advance(name, position),
    size,
    health: () => healthOf(bounds, trouble || cursors.trouble(), size(), clock.now()),
    close: () => {
      probe.stop();
      closing ??= writer
        .close()
        .then(() => cursors.close())
        .then(() => appender.close());
      return closing;
    },
  };
}
