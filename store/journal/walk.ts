import { readSync } from 'node:fs';
import { FRAME_HEADER_BYTES, type Frame, frameAt, frameLength, MAGIC_AT, MAGIC_BYTES } from './frame.ts';

/** Bytes that are no whole frame, up to the next one or the end. */
export interface Damage {
  readonly damaged: true;
  readonly offset: number;
  readonly bytes: number;
}

export type Step = (Frame & { readonly damaged?: never }) | Damage;

type ReadFile = (file: number, buffer: Buffer, offset: number, length: number, position: number) => number;

/** How walks read, and a buffer that they take in turns: a walk is over before the next one begins. */
export interface Scratch {
  readonly read: ReadFile;
  buffer: Buffer;
}

const CHUNK_BYTES = 256 * 1024;
/** What a disk fails to read is lost in pieces of this size, not in chunks. */
const PAGE_BYTES = 4_096;

/** `read` is an argument so that a test can make it fail. */
export function createScratch(read: ReadFile = readSync): Scratch {
  return { read, buffer: Buffer.allocUnsafeSlow(CHUNK_BYTES) };
}

/** Reads up to `length` bytes; what the disk cannot read is zero, and so no frame. */
function readBytes(read: ReadFile, file: number, buffer: Buffer, length: number, at: number): number {
  try {
    return read(file, buffer, 0, length, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
  }
  for (let from = 0; from < length; ) {
    const bytes = Math.min(PAGE_BYTES - ((at + from) % PAGE_BYTES), length - from);
    try {
      read(file, buffer, from, bytes, at + from);
    } catch {
      buffer.fill(0, from, from + bytes);
    }
    from += bytes;
  }
  return length;
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
    const most = Math.min(scratch.buffer.length, to - at);
    loadedTo = at + readBytes(scratch.read, file, scratch.buffer, most, at);
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
      const next = nextFrame(scratch.read, file, at + 1, to);
      yield { damaged: true, offset: at, bytes: next - at };
      at = next;
    }
  }
  if (scratch.buffer.length > CHUNK_BYTES) scratch.buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/** Where the next whole frame begins; `to` when there is none. */
function nextFrame(read: ReadFile, file: number, from: number, to: number): number {
  const rest = Buffer.alloc(to - from);
  const bytes = rest.subarray(0, readBytes(read, file, rest, rest.length, from));
  for (let magic = bytes.indexOf(MAGIC_BYTES); magic >= 0; magic = bytes.indexOf(MAGIC_BYTES, magic + 1)) {
    const at = magic - MAGIC_AT;
    if (at < 0 || at + FRAME_HEADER_BYTES > bytes.length) continue;
    const length = frameLength(bytes, at);
    if (length === undefined || at + length > bytes.length) continue;
    if (frameAt(bytes, at, length, from + at) !== undefined) return from + at;
  }
  return to;
}
