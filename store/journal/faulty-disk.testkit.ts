import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Random } from '../../model/random.ts';
import { type Disk, realDisk } from './disk.ts';

interface Dirty {
  readonly at: number;
  readonly bytes: Buffer;
}

/** What a file would hold after a loss of power, and what was written since and may have reached the disk or not. */
interface Durable {
  bytes: Buffer;
  dirty: Dirty[];
  /** Whether its name is on the disk. */
  named: boolean;
}

/** A disk that refuses by chance, and forgets when the power goes what was not synced. */
export interface FaultyDisk extends Disk {
  /** Share of the operations that fail from now on. */
  failing(share: number): void;
  /** Leaves in the folder what a loss of power would leave. Nobody may have a file open. */
  losePower(): void;
}

function refusal(code: 'ENOSPC' | 'EIO'): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function written(into: Buffer, { at, bytes }: Dirty): Buffer {
  const result = Buffer.alloc(Math.max(into.length, at + bytes.length));
  into.copy(result);
  bytes.copy(result, at);
  return result;
}

/**
 * Fails as disks do: a write takes a part and refuses the rest; a sync fails once and the pages it should have
 * written count as clean from then on, so that the next sync succeeds without them.
 */
export function faultyDisk(random: Random): FaultyDisk {
  const files = new Map<string, Durable>();
  const open = new Map<number, string>();
  let share = 0;
  const fails = (): boolean => random.next() < share;
  const of = (file: number): Durable => files.get(open.get(file)!)!;

  return {
    failing: (next) => {
      share = next;
    },
    create: async (path) => {
      if (fails()) throw refusal('ENOSPC');
      const file = await realDisk.create(path);
      open.set(file, path);
      files.set(path, { bytes: Buffer.alloc(0), dirty: [], named: files.get(path)?.named ?? false });
      return file;
    },
    open: async (path) => {
      const file = await realDisk.open(path);
      open.set(file, path);
      if (!files.has(path)) files.set(path, { bytes: readFileSync(path), dirty: [], named: true });
      return file;
    },
    write: async (file, bytes, from, position) => {
      const isShort = fails();
      if (isShort && random.next() < 0.5) throw refusal('ENOSPC');
      const most = bytes.length - from;
      const some = Buffer.from(bytes.subarray(from, from + (isShort ? random.int(most) : most)));
      // A disk that took a part says so; the attempt at the rest fails by itself, or not.
      if (some.length === 0) throw refusal('ENOSPC');
      await realDisk.write(file, some, 0, position);
      of(file).dirty.push({ at: position, bytes: some });
      return some.length;
    },
    sync: async (file) => {
      const durable = of(file);
      const { dirty } = durable;
      durable.dirty = [];
      if (fails()) {
        // Some pages were written before the one that failed.
        for (const one of dirty) if (random.next() < 0.3) durable.bytes = written(durable.bytes, one);
        throw refusal('EIO');
      }
      for (const one of dirty) durable.bytes = written(durable.bytes, one);
    },
    truncate: async (path, size) => {
      if (fails()) throw refusal('EIO');
      await realDisk.truncate(path, size);
      const durable = files.get(path);
      if (durable && random.next() < 0.5) durable.bytes = durable.bytes.subarray(0, size);
    },
    close: async (file) => {
      open.delete(file);
      await realDisk.close(file);
    },
    rename: realDisk.rename,
    remove: async (path) => {
      if (fails()) throw refusal('EIO');
      await realDisk.remove(path);
      // Whether a removal that was not synced is found again is open; a file that comes back must do no harm.
      if (random.next() < 0.5) files.delete(path);
    },
    syncFolder: async () => {
      if (fails()) throw refusal('EIO');
      for (const [path, durable] of files) if (existsSync(path)) durable.named = true;
    },
    losePower: () => {
      for (const [path, durable] of files) {
        let { bytes } = durable;
        for (const { at, bytes: dirty } of durable.dirty) {
          if (random.next() < 0.5)
            bytes = written(bytes, { at, bytes: dirty.subarray(0, random.int(dirty.length + 1)) });
        }
        if (durable.named || random.next() < 0.5) writeFileSync(path, bytes);
        else rmSync(path, { force: true });
      }
      files.clear();
      open.clear();
    },
  };
}
