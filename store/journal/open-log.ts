import { closeSync, existsSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StewardError } from '../../model/codes.ts';
import type { Log } from '../../model/log.ts';
import { LEAST_ENTRY_BYTES } from './codec.ts';
import type { Standing } from './cursor-file.ts';
import { type Frame, isStale } from './frame.ts';
import { type Listing, listSegments, mark, type Segment } from './segment.ts';
import { createScratch, type Scratch, walk } from './walk.ts';

/** What a segment holds. */
export interface Content {
  /** Position of its newest entry. */
  readonly last: number;
  /** Where its last whole commit ends; 0 when there is none. */
  readonly end: number;
}

/** Walks a whole segment; `onFrame` gets the frames that hold entries. */
export function contentOf(segment: Segment, scratch: Scratch, onFrame?: (frame: Frame) => void): Content {
  const file = openSync(segment.path, 'r');
  let content: Content = { last: segment.follows, end: 0 };
  let next = segment.first;
  try {
    for (const step of walk(file, 0, segment.size, scratch)) {
      if (step.damaged || isStale(step, next)) continue;
      mark(segment, step.first, step.offset);
      next = step.first + step.count;
      if (step.count > 0) onFrame?.(step);
      if (step.goesOn) continue;
      content = { last: step.count > 0 ? next - 1 : content.last, end: step.end };
    }
  } finally {
    closeSync(file);
  }
  return content;
}

/** What was found, and where the log goes on. */
export interface FoundLog extends Listing {
  /** Position of the newest entry. */
  readonly head: number;
  /** Entries after it that the cursors knew of, and that are gone. */
  readonly lost: number;
  /** Position of the entry that comes next. */
  readonly next: number;
  /** Whether the newest segment can be written on. */
  readonly goesOn: boolean;
}

/**
 * Finds the end of the log: its last whole commit. What lies behind was never acknowledged, unless the disk has lost
 * what it promised to keep; nothing is written there any more, and its positions are left out. Damage before the end
 * stays where it is; whoever reads there meets it.
 *
 * Throws data_outdated when a journal of another kind lies in the folder.
 */
export function findLog(dir: string, standing: Standing | undefined, log: Log): FoundLog {
  refuseOutdated(dir);
  const scratch = createScratch();
  const { segments, hollow } = listSegments(dir, scratch);
  const told = Math.max(0, standing?.head ?? 0, ...Object.values(standing?.cursors ?? {}));
  // The name of a file was the position of the next entry when it was made.
  let given = Math.max(told, ...hollow.map(({ first }) => first - 1));
  let head = 0;
  let cut = 0;
  for (let newest = segments.at(-1); newest !== undefined; newest = segments.at(-1)) {
    const { last, end } = contentOf(newest, scratch);
    const bytes = newest.size - end;
    if (bytes > 0) {
      const fields = { segment: basename(newest.path), offset: end, bytes, last };
      log.warn(fields, `the journal is cut at its last whole commit: ${bytes} bytes after it are not whole`);
      cut += bytes;
    }
    newest.size = end;
    head = last;
    given = Math.max(given, last);
    if (end > 0) break;
    segments.pop();
    head = 0;
  }
  if (told > head)
    log.error({ head, told }, `data_corrupt: the journal has lost its entries after ${head}, up to ${told}`);
  return {
    segments,
    hollow,
    head,
    lost: Math.max(0, told - head),
    next: given + 1 + Math.ceil(cut / LEAST_ENTRY_BYTES),
    goesOn: segments.length > 0 && cut === 0 && given === head,
  };
}

/** Version 0.1 before its release kept the journal in LMDB. */
function refuseOutdated(dir: string): void {
  if (!existsSync(join(dir, 'data.mdb'))) return;
  throw new StewardError(
    'data_outdated',
    `${dir}: data.mdb was written by an earlier Steward. Let that version store what waits in it, then move the ` +
      `folder away (mv ${dir} ${dir}.old) and start again`,
  );
}
