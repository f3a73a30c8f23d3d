import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Disk, writeAll } from './disk.ts';

/** How far the readers have come, and the newest position at that time. */
export interface Standing {
  readonly head: number;
  readonly cursors: Readonly<Record<string, number>>;
}

export interface CursorFile {
  /** Makes it durable. One call at a time. */
  write(standing: Standing): Promise<void>;
  close(): Promise<void>;
}

interface Slot extends Standing {
  readonly turn: number;
}

/**
 * Two slots, written in turns, in place: whatever happens to the one being written, the other is whole. No byte is
 * ever added, so that a reader can move on, and make room, when the disk is full.
 */
const SLOT_BYTES = 4_096;
const HEADER_BYTES = 8;

const pathOf = (dir: string): string => join(dir, 'cursors');

function slotOf(bytes: Buffer): Slot | undefined {
  const length = bytes.length >= HEADER_BYTES ? bytes.readUInt32LE(4) : 0;
  if (length === 0 || HEADER_BYTES + length > bytes.length) return undefined;
  const text = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
  return crc32(text) === bytes.readUInt32LE(0) ? (JSON.parse(text.toString()) as Slot) : undefined;
}

function newest(dir: string): Slot | undefined {
  const path = pathOf(dir);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const slots = [slotOf(bytes.subarray(0, SLOT_BYTES)), slotOf(bytes.subarray(SLOT_BYTES, 2 * SLOT_BYTES))];
  return slots.filter((slot) => slot !== undefined).sort((a, b) => b.turn - a.turn)[0];
}

/** What was written last; undefined when there is none that is whole. */
export function readStanding(dir: string): Standing | undefined {
  return newest(dir);
}

export async function openCursorFile(dir: string, disk: Disk): Promise<CursorFile> {
  const path = pathOf(dir);
  let turn = newest(dir)?.turn ?? 0;
  const file = existsSync(path) ? await disk.open(path) : await disk.create(path);
  if (turn === 0) {
    await writeAll(disk, file, Buffer.alloc(2 * SLOT_BYTES), 0);
    await disk.sync(file);
    await disk.syncFolder(dirname(path));
  }
  return {
    write: async (standing) => {
      const text = Buffer.from(JSON.stringify({ turn: turn + 1, ...standing } satisfies Slot));
      if (HEADER_BYTES + text.length > SLOT_BYTES) throw new RangeError('too many cursors');
      const slot = Buffer.alloc(HEADER_BYTES + text.length);
      slot.writeUInt32LE(crc32(text), 0);
      slot.writeUInt32LE(text.length, 4);
      slot.set(text, HEADER_BYTES);
      await writeAll(disk, file, slot, ((turn + 1) % 2) * SLOT_BYTES);
      await disk.sync(file);
      // Only now: a slot that failed is written again, never the whole one beside it.
      turn++;
    },
    close: () => disk.close(file),
  };
}
