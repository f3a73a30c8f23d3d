import { readSync } from 'node:fs';
import { FRAME_HEADER_BYTES, type Frame, frameAt, frameLength, MAGIC_AT, MAGIC_BYTES } from './frame.ts';

/** Bytes that are no whole frame, up to the next one or the end. */
export interface Damage {
  readonly damaged: true;
  readonly offset: number;
  readonly bytes: number;
}

export type Step = (Frame & { readonly damaged?: never }) | Damage;

/** A buffer that walks take in turns: a walk is over before the next one begins. */
export interface Scratch {
  buffer: Buffer;
}

const CHUNK_BYTES = 256 * 1024;

export function createScratch(): Scratch {
  return { buffer: Buffer.allocUnsafeSlow(CHUNK_BYTES) };
}

/**
 * Everything between two offsets of a file: whole frames, and what lies between them. A frame counts only when its
 * checksum is right, so that nothing that a disk made up is ever believed.
 */
export function* walk(file: number, from: number, to: number, scratch: Scratch): Generator<Step> {
  let loadedFrom = from;
  let loadedTo = from;
  let at = from;

  const load = (bytes: number): boolean => {
    if (at + bytes <= loadedTo) return true;
    if (at + bytes > to) return false;
    if (bytes > scratch.buffer.length) scratch.buffer = Buffer.allocUnsafeSlow(bytes);
    loadedFrom = at;
    loadedTo = at + readSync(file, scratch.buffer, 0, Math.min(scratch.buffer.length, to - at), at);
    return at + bytes <= loadedTo;
  };

  while (at < to) {
    const length = load(FRAME_HEADER_BYTES) ? frameLength(scratch.buffer, at - loadedFrom) : undefined;
    const frame =
      length !== undefined && load(length) ? frameAt(scratch.buffer, at - loadedFrom, length, at) : undefined;
    if (frame !== undefined) {
      yield frame;
      at = frame.end;
    } else {
      const next = nextFrame(file, at + 1, to);
      yield { damaged: true, offset: at, bytes: next - at };
      at = next;
    }
  }
  if (scratch.buffer.length > CHUNK_BYTES) scratch.buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/** Where the next whole frame begins; `to` when there is none. */
function nextFrame(file: number, from: number, to: number): number {
  const rest = Buffer.alloc(to - from);
  const bytes = rest.subarray(0, readSync(file, rest, 0, rest.length, from));
  for (let magic = bytes.indexOf(MAGIC_BYTES); magic >= 0; magic = bytes.indexOf(MAGIC_BYTES, magic + 1)) {
    const at = magic - MAGIC_AT;
    if (at < 0 || at + FRAME_HEADER_BYTES > bytes.length) continue;
    const length = frameLength(bytes, at);
    if (length === undefined || at + length > bytes.length) continue;
    if (frameAt(bytes, at, length, from + at) !== undefined) return from + at;
  }
  return to;
}
