import { basename } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import type { Log } from '../../model/log.ts';
import { createEncoder, FRAME_ENTRIES } from './codec.ts';
import type { JournalEntry } from './contract.ts';
import { type Disk, writeAll } from './disk.ts';
import { writeFrame } from './frame.ts';
import { createOutput } from './output.ts';
import { mark, newSegment, type Segment, segmentPath, writeHeading } from './segment.ts';

export interface AppenderOptions {
  readonly dir: string;
  /** Oldest first; the appender adds to it. */
  readonly segments: Segment[];
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  /** Position of the newest entry. */
  readonly head: number;
  /** Position of the entry that comes next: more than `head + 1` where others may have been given out. */
  readonly next: number;
  /** Size at which a segment is closed and the next one begun. */
  readonly segmentBytes: number;
  /** Whether the newest segment may be written on. */
  readonly goesOn: boolean;
}

/** The writing end of the log. One call at a time. */
export interface Appender {
  /** Resolves to the position of the first one when all are on the disk. Throws the disk's reason; then none is. */
  append(entries: readonly JournalEntry[]): Promise<number>;
  /** Throws while the disk refuses that many bytes. */
  probe(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * After a write or a sync that failed nothing more is written to that file: whether its pages reached the disk is not
 * known any more. The kernel tells of a failed write-back once and then takes the pages for clean ("fsyncgate"), so
 * that a second sync would succeed without them. The next entries begin a new file, whose heading says after which
 * position; what the old one may hold beyond is never read.
 */
export async function openAppender(options: AppenderOptions): Promise<Appender> {
  const { dir, segments, disk, clock, log, segmentBytes } = options;
  const encoder = createEncoder();
  const out = createOutput();
  let { head, next } = options;
  let file: number | undefined;

  /** Takes leave of the file in use, and of what a write may have left behind its good end: that takes room. */
  const leave = async (): Promise<void> => {
    if (file === undefined) return;
    const left = file;
    file = undefined;
    await disk.close(left).catch(() => {});
    const newest = segments.at(-1)!;
    await disk.truncate(newest.path, newest.size).catch(() => {});
  };

  const begin = async (): Promise<void> => {
    const path = segmentPath(dir, next);
    // One that holds no entry yet has the same name.
    if (segments.at(-1)?.path === path) segments.pop();
    out.reset();
    writeHeading(out, next, head, clock.now());
    // When this fails the file stays, and is emptied by the next attempt: its name keeps `next` over a restart.
    const made = await disk.create(path);
    try {
      await writeAll(disk, made, out.bytes(), 0);
      await disk.sync(made);
      await disk.syncFolder(dir);
    } catch (error) {
      await disk.close(made).catch(() => {});
      throw error;
    }
    file = made;
    const before = segments.at(-1);
    // What lies behind its good end takes room, and is not needed any more to know which positions were used.
    if (before) await disk.truncate(before.path, before.size).catch(() => {});
    segments.push(newSegment(path, next, head, out.length));
    log.debug({ segment: basename(path) }, 'a new segment of the journal');
  };

  const writable = async (): Promise<Segment> => {
    if (file !== undefined && segments.at(-1)!.size >= segmentBytes) await leave();
    if (file === undefined) await begin();
    return segments.at(-1)!;
  };

  const writeFrames = (entries: readonly JournalEntry[], segment: Segment): void => {
    const writtenAt = clock.now();
    out.reset();
    for (let from = 0; from < entries.length; from += FRAME_ENTRIES) {
      const to = Math.min(from + FRAME_ENTRIES, entries.length);
      const frame = { first: next + from, count: to - from, goesOn: to < entries.length, writtenAt };
      mark(segment, frame.first, segment.size + out.length);
      writeFrame(out, frame, () => encoder.encode(entries, from, to, out));
    }
  };

  if (options.goesOn) file = await disk.open(segments.at(-1)!.path);
  return {
    append: async (entries) => {
      const segment = await writable();
      const marks = segment.marks.length;
      writeFrames(entries, segment);
      try {
        await writeAll(disk, file!, out.bytes(), segment.size);
        await disk.sync(file!);
      } catch (error) {
        segment.marks.length = marks;
        await leave();
        throw error;
      }
      segment.size += out.length;
      const first = next;
      next += entries.length;
      head = next - 1;
      return first;
    },
    probe: async (bytes) => {
      const segment = await writable();
      try {
        await writeAll(disk, file!, new Uint8Array(bytes), segment.size);
        await disk.sync(file!);
        await disk.truncate(segment.path, segment.size);
      } catch (error) {
        await leave();
        throw error;
      }
    },
    close: async () => {
      if (file !== undefined) await disk.close(file);
      file = undefined;
    },
  };
}
