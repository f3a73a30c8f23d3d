import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StewardError } from '../../model/codes.ts';
import type { Snapshot, SnapshotStore } from './contract.ts';

/** `stwsnap1`, position, length of the state; the state; its CRC-32. All numbers are little-endian. */
const MAGIC = Buffer.from('stwsnap1');
const HEAD_BYTES = 24;
const TAIL_BYTES = 4;
/** Small pieces are written together. */
const WRITE_BYTES = 1 << 20;

function headOf(position: number, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeDoubleLE(position, 8);
  head.writeDoubleLE(length, 16);
  return head;
}

async function writeState(file: FileHandle, position: number, pieces: Iterable<Uint8Array>): Promise<void> {
  let [length, sum, waiting] = [0, 0, 0];
  let together: Uint8Array[] = [headOf(position, 0)];
  const flush = async (): Promise<void> => {
    await file.writev(together);
    together = [];
    waiting = 0;
  };
  for (const piece of pieces) {
    together.push(piece);
    length += piece.byteLength;
    waiting += piece.byteLength;
    sum = crc32(piece, sum);
    if (waiting >= WRITE_BYTES) await flush();
  }
  const tail = Buffer.alloc(TAIL_BYTES);
  tail.writeUInt32LE(sum);
  together.push(tail);
  await flush();
  await file.write(headOf(position, length), 0, HEAD_BYTES, 0);
  await file.sync();
}

/** A rename is on disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parse(path: string, bytes: Buffer): Snapshot {
  const state = bytes.subarray(HEAD_BYTES, bytes.length - TAIL_BYTES);
  const whole =
    bytes.length >= HEAD_BYTES + TAIL_BYTES &&
    bytes.subarray(0, 8).equals(MAGIC) &&
    bytes.readDoubleLE(16) === state.length &&
    bytes.readUInt32LE(bytes.length - TAIL_BYTES) === crc32(state);
  if (!whole) {
    throw new StewardError(
      'snapshot_damaged',
      `${path} is not as it was written. Take it from a backup, or remove it: then holds that were under way begin anew, and open faults are seen again`,
    );
  }
  return { position: bytes.readDoubleLE(8), state };
}

/** Snapshots as files `<name>.snapshot` in a folder that exists. */
export function snapshotFiles(dir: string): SnapshotStore {
  const pathOf = (name: string): string => join(dir, `${name}.snapshot`);
  return {
    save: async (name, position, pieces) => {
      const path = pathOf(name);
      const draft = `${path}.new`;
      const file = await open(draft, 'w');
      try {
        await writeState(file, position, pieces);
      } catch (error) {
        await file.close();
        await rm(draft, { force: true });
        throw error;
      }
      await file.close();
      await rename(draft, path);
      await syncFolder(dirname(path));
    },
    load: async (name) => {
      const path = pathOf(name);
      try {
        return parse(path, await readFile(path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
  };
}
