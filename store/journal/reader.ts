import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { StewardError } from '../../model/codes.ts';
import type { Log } from '../../model/log.ts';
import { createDecoder } from './codec.ts';
import type { Journalled } from './contract.ts';
import { type Frame, isStale } from './frame.ts';
import { appendFrom } from './recent.ts';
import { mark, markBefore, type Segment, segmentOf } from './segment.ts';
import { createScratch, walk } from './walk.ts';

export interface LogReader {
  /** Up to `max` entries after `position`, none beyond `head`. What is damaged is left out, once told in the log. */
  read(position: number, max: number, head: number): Journalled[];
  /** When the first readable entry after `position` was written, epoch milliseconds; undefined when there is none. */
  writtenAt(position: number, head: number): number | undefined;
  /** Entries that turned out to be lost. */
  lost(): number;
}

export function createReader(segments: readonly Segment[], log: Log): LogReader {
  const scratch = createScratch();
  const decoder = createDecoder();
  let lost = 0;

  /** Positions `from … to` are not there although they were written. */
  const missing = (segment: Segment, offset: number, from: number, to: number): void => {
    if (segment.damage.has(offset)) return;
    segment.damage.add(offset);
    lost += to - from + 1;
    const fields = { segment: basename(segment.path), offset, from, to };
    log.error(fields, `data_corrupt: ${to - from + 1} entries of the journal are damaged and left out`);
  };

  /** Frames of one segment with entries in `(position, last]`, until `take` has enough. */
  const walkSegment = (
    segment: Segment,
    position: number,
    last: number,
    take: (frame: Frame) => boolean,
  ): boolean => {
    const from = markBefore(segment, position + 1);
    let expected = from.position;
    const file = openSync(segment.path, 'r');
    try {
      for (const step of walk(file, from.offset, segment.size, scratch)) {
        if (step.damaged || step.count === 0 || isStale(step, expected)) continue;
        // Left of an append that failed: the next segment has other entries in these places.
        if (step.first > last) break;
        if (step.first > expected) missing(segment, step.offset, expected, step.first - 1);
        expected = step.first + step.count;
        mark(segment, step.first, step.offset);
        if (expected > position + 1 && !take(step)) return false;
      }
    } finally {
      closeSync(file);
    }
    if (expected <= last) missing(segment, segment.size, expected, last);
    return true;
  };

  const frames = (position: number, head: number, take: (frame: Frame) => boolean): void => {
    for (let i = segmentOf(segments, position + 1); i < segments.length; i++) {
      const last = segments[i + 1]?.follows ?? head;
      if (last <= position) continue;
      if (!walkSegment(segments[i]!, position, last, take)) return;
    }
  };

  return {
    read: (position, max, head) => {
      const found: Journalled[] = [];
      frames(position, head, (frame) => {
        appendFrom(found, frame.first, decoder.decode(frame.payload), position, max);
        return found.length < max;
      });
      if (found.length > 0) return found;
      // Whoever follows would ask for the same again and again.
      throw new StewardError('data_corrupt', `nothing after position ${position} of the journal can be read`);
    },
    writtenAt: (position, head) => {
      let at: number | undefined;
      frames(position, head, (frame) => {
        at = frame.writtenAt;
        return false;
      });
      return at;
    },
    lost: () => lost,
  };
}
