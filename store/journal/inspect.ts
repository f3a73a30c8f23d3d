import { basename } from 'node:path';
import { StewardError } from '../../model/codes.ts';
import { silentLog } from '../../model/log.ts';
import { createDecoder } from './codec.ts';
import { readStanding } from './cursor-file.ts';
import { contentOf, type FoundLog, findLog } from './open-log.ts';
import { createReader } from './reader.ts';
import { bytesAfter, entriesAfter, listSegments } from './segment.ts';
import { createScratch } from './walk.ts';

export interface JournalStatus {
  /** Position of the newest entry. */
  readonly head: number;
  readonly cursors: Readonly<Record<string, number>>;
  /** Entries that some reader has still to pass. */
  readonly waiting: number;
  /** When the oldest of them was written, epoch milliseconds; undefined when none waits. */
  readonly since: number | undefined;
  /** Bytes that waiting entries take up. */
  readonly bytes: number;
  /** Bytes of all files: the newest one stays when nothing waits. */
  readonly fileBytes: number;
}

/** A file may go while it is looked at, when Steward runs: then what there is is looked at again. */
const ATTEMPTS = 5;

function statusOf(dir: string): JournalStatus {
  const standing = readStanding(dir);
  const { segments, head }: FoundLog = findLog(dir, standing, silentLog);
  const cursors = standing?.cursors ?? {};
  const floor = Math.min(head, ...Object.values(cursors));
  const waiting = entriesAfter(segments, floor, head);
  return {
    head,
    cursors,
    waiting,
    since: waiting > 0 ? createReader(segments, silentLog).writtenAt(floor, head) : undefined,
    bytes: waiting > 0 ? bytesAfter(segments, floor) : 0,
    fileBytes: segments.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Reads beside the process that writes, if there is one. Throws file_unreadable when there is no journal. */
export function journalStatus(dir: string): JournalStatus {
  for (let attempt = 1; ; attempt++) {
    try {
      return statusOf(dir);
    } catch (cause) {
      if (cause instanceof StewardError) throw cause;
      if (attempt < ATTEMPTS && (cause as NodeJS.ErrnoException).syscall === 'open') continue;
      throw new StewardError('file_unreadable', `${dir}: ${(cause as Error).message}`, { cause });
    }
  }
}

export interface Verified {
  readonly entries: number;
  /** Bytes after the last whole commit: one that was under way when its process ended. */
  readonly tail: number;
}

/** Reads every entry of a journal that nobody writes. Throws data_corrupt, with file and offset, where it cannot. */
export function verifyJournal(dir: string): Verified {
  const scratch = createScratch();
  const decoder = createDecoder();
  const damage: string[] = [];
  const { segments } = listSegments(dir, scratch);
  let entries = 0;
  let tail = 0;
  segments.forEach((segment, i) => {
    const last = segments[i + 1]?.follows ?? Number.POSITIVE_INFINITY;
    let expected = segment.first;
    const { end } = contentOf(segment, scratch, ({ first, offset, count, payload }) => {
      if (first > last) return;
      if (first > expected) damage.push(`${basename(segment.path)}: damaged before offset ${offset}`);
      expected = first + count;
      entries += decoder.decode(payload).length;
    });
    if (!segments[i + 1]) tail = segment.size - end;
    else if (expected <= last) damage.push(`${basename(segment.path)}: damaged from offset ${end} on`);
  });
  if (damage.length > 0) throw new StewardError('data_corrupt', `${dir}: ${damage.join('; ')}`);
  return { entries, tail };
}
