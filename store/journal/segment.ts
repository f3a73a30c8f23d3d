import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFrame } from './frame.ts';
import type { Output } from './output.ts';
import { type Scratch, walk } from './walk.ts';

/** A place in a segment where a frame begins, and the position of its first entry. */
export interface Mark {
  readonly position: number;
  readonly offset: number;
}

/** A file of the log. Its name is the position of its first entry. */
export interface Segment {
  readonly path: string;
  readonly first: number;
  /** The newest position before it. What lies between was never used. */
  readonly follows: number;
  /** Bytes from its beginning that may be read. */
  size: number;
  /** In order, and as far as somebody has walked: where to begin for a position. */
  readonly marks: Mark[];
  /** Offsets at which damage was found. */
  readonly damage: Set<number>;
}

const SUFFIX = '.log';
const DIGITS = 16;
const VERSION = 1;
/** A reader walks this far at most before it is where it wants to be. */
const MARK_EVERY_BYTES = 64 * 1024;

interface Heading {
  readonly version: number;
  readonly follows: number;
}

export function segmentPath(dir: string, first: number): string {
  return join(dir, String(first).padStart(DIGITS, '0') + SUFFIX);
}

export function newSegment(path: string, first: number, follows: number, size: number): Segment {
  return { path, first, follows, size, marks: [{ position: first, offset: 0 }], damage: new Set() };
}

/** The first frame of a segment: no entries, but what holds for the file. */
export function writeHeading(out: Output, first: number, follows: number, writtenAt: number): void {
  const heading: Heading = { version: VERSION, follows };
  writeFrame(out, { first, count: 0, goesOn: false, writtenAt }, () => out.text(JSON.stringify(heading)));
}

/** What lies in a folder. */
export interface Listing {
  /** Oldest first, their sizes as the file system has them. */
  readonly segments: Segment[];
  /** Files without anything whole in them: their process ended, or their disk refused, before they had a heading. */
  readonly hollow: readonly { readonly path: string; readonly first: number }[];
}

export function listSegments(dir: string, scratch: Scratch): Listing {
  const names = readdirSync(dir).filter((name) => name.endsWith(SUFFIX));
  const files = names.sort().map((name) => ({ path: join(dir, name), first: Number.parseInt(name, 10) }));
  const segments = files.map(({ path, first }) => readHeading(path, first, scratch));
  return {
    segments: segments.filter((segment) => segment !== undefined),
    hollow: files.filter((_, i) => segments[i] === undefined),
  };
}

function readHeading(path: string, first: number, scratch: Scratch): Segment | undefined {
  const { size } = statSync(path);
  const file = openSync(path, 'r');
  try {
    for (const step of walk(file, 0, size, scratch)) {
      if (step.damaged) continue;
      // A heading that is damaged leaves the entries readable, and the name tells where they begin.
      if (step.offset > 0 || step.count > 0) return newSegment(path, first, first - 1, size);
      const { version, follows } = JSON.parse(step.payload.toString()) as Heading;
      if (version === VERSION) return newSegment(path, first, follows, size);
      throw new Error(`${path} is of version ${version}, this Steward knows ${VERSION}`);
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Remembers where a frame begins, unless that is near to what is known. */
export function mark({ marks }: Segment, position: number, offset: number): void {
  if (offset >= marks[marks.length - 1]!.offset + MARK_EVERY_BYTES) marks.push({ position, offset });
}

/** The newest known place at or before that position. */
export function markBefore({ marks }: Segment, position: number): Mark {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (marks[middle]!.position <= position) low = middle;
    else high = middle - 1;
  }
  return marks[low]!;
}

/** Index of the segment that holds the position, or of the first one when that is older than all. */
export function segmentOf(segments: readonly Segment[], position: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.first <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Entries after `position`: positions, but for those that were never used. */
export function entriesAfter(segments: readonly Segment[], position: number, head: number): number {
  let from = position;
  let count = 0;
  segments.forEach(({ first }, i) => {
    const last = segments[i + 1]?.follows ?? head;
    from = Math.max(from, first - 1);
    if (last > from) count += last - from;
    from = Math.max(from, last);
  });
  return count;
}

/** Bytes of the files after `position`, to the nearest mark. */
export function bytesAfter(segments: readonly Segment[], position: number): number {
  let bytes = 0;
  for (let i = segmentOf(segments, position + 1); i < segments.length; i++) bytes += segments[i]!.size;
  const holding = segments[segmentOf(segments, position + 1)];
  return holding ? bytes - markBefore(holding, position + 1).offset : 0;
}
