import { crc32 } from 'node:zlib';
import type { Output } from './output.ts';

/**
 * The unit of a segment file, small-endian:
 *
 *     u32 CRC-32 of all that follows
 *     u32 magic, by which a reader finds the next frame after a damaged one
 *     u32 bytes of the payload
 *     u32 entries in it; the high bit says that more frames of the same commit follow
 *     f64 position of the first entry
 *     f64 when it was written, epoch milliseconds
 *     payload
 */
export interface Frame {
  /** Where it lies in its file. */
  readonly offset: number;
  readonly end: number;
  readonly first: number;
  readonly count: number;
  /** Whether the commit goes on in the next frame: without that, this one does not count. */
  readonly goesOn: boolean;
  readonly writtenAt: number;
  /** A part of the reader's buffer: valid until its next step. */
  readonly payload: Buffer;
}

export const FRAME_HEADER_BYTES = 32;
const MAGIC = 0x31_4a_57_53;
const GOES_ON = 0x8000_0000;
/** Larger than any frame of `FRAME_ENTRIES` entries: what claims more is damaged. */
const MOST_PAYLOAD_BYTES = 64 * 1024 * 1024;

export const MAGIC_BYTES = Buffer.alloc(4);
MAGIC_BYTES.writeUInt32LE(MAGIC);
export const MAGIC_AT = 4;

export interface FrameToWrite {
  readonly first: number;
  readonly count: number;
  readonly goesOn: boolean;
  readonly writtenAt: number;
}

/** Appends a frame whose payload `write` appends. */
export function writeFrame(
  out: Output,
  { first, count, goesOn, writtenAt }: FrameToWrite,
  write: () => void,
): void {
  const start = out.length;
  out.u32(0);
  out.u32(MAGIC);
  out.u32(0);
  out.u32((goesOn ? GOES_ON | count : count) >>> 0);
  out.f64(first);
  out.f64(writtenAt);
  write();
  out.setU32(start + 8, out.length - start - FRAME_HEADER_BYTES);
  out.setU32(start, crc32(out.bytes(start + MAGIC_AT)));
}

/** Bytes of the frame that begins there, by its own word; undefined when it is none. Needs its header. */
export function frameLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.readUInt32LE(at + 4) !== MAGIC) return undefined;
  const length = bytes.readUInt32LE(at + 8);
  return length <= MOST_PAYLOAD_BYTES ? FRAME_HEADER_BYTES + length : undefined;
}

/** The frame that begins there and has that length, if its checksum is right. `offset`: where in the file `at` is. */
export function frameAt(bytes: Buffer, at: number, length: number, offset: number): Frame | undefined {
  if (crc32(bytes.subarray(at + MAGIC_AT, at + length)) !== bytes.readUInt32LE(at)) return undefined;
  const count = bytes.readUInt32LE(at + 12);
  return {
    offset,
    end: offset + length,
    count: (count & ~GOES_ON) >>> 0,
    goesOn: (count & GOES_ON) !== 0,
    first: bytes.readDoubleLE(at + 16),
    writtenAt: bytes.readDoubleLE(at + 24),
    payload: bytes.subarray(at + FRAME_HEADER_BYTES, at + length),
  };
}

/**
 * Whether a whole frame is none of the file it was found in, behind those up to `next`: after a loss of power a file
 * may end with what was on its blocks before.
 */
export function isStale({ first, count, offset }: Frame, next: number): boolean {
  return count === 0 ? offset > 0 : first < next;
}
