import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** What a journal asks of the disk to write. An argument, so that a test can make any of it fail. */
export interface Disk {
  /** Makes a file, or empties the one that is there, and opens it for writing. */
  create(path: string): Promise<number>;
  /** Opens a file that is there for writing. */
  open(path: string): Promise<number>;
  /** Resolves to how many bytes were written, which may be fewer. */
  write(file: number, bytes: Uint8Array, from: number, position: number): Promise<number>;
  /** Resolves when what was written is on the disk. */
  sync(file: number): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  close(file: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Resolves when files made in and removed from the folder are so on the disk. */
  syncFolder(path: string): Promise<void>;
}

const open = promisify(fs.open);
const write = promisify(fs.write);
const fdatasync = promisify(fs.fdatasync);
const fsync = promisify(fs.fsync);
const close = promisify(fs.close);

export const realDisk: Disk = {
  create: (path) => open(path, 'w', 0o640),
  open: (path) => open(path, 'r+'),
  write: async (file, bytes, from, position) =>
    (await write(file, bytes, from, bytes.length - from, position)).bytesWritten,
  sync: fdatasync,
  truncate: promisify(fs.truncate),
  close,
  rename: promisify(fs.rename),
  remove: promisify(fs.unlink),
  syncFolder: async (path) => {
    const folder = await open(path, 'r');
    try {
      await fsync(folder);
    } finally {
      await close(folder);
    }
  },
};

/** Writes all of it: a full disk may take a part first and refuse the rest. */
export async function writeAll(disk: Disk, file: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const written = await disk.write(file, bytes, from, position + from);
    if (written === 0) throw new Error('the disk takes nothing');
    from += written;
  }
}
