import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StewardProcess } from '../steward.testkit.ts';
import { temporaryData } from '../steward.testkit.ts';

/** A data folder whose disk can be made full, and have room again. */
export interface Disk {
  readonly data: string;
  fill(steward: StewardProcess): void;
  free(steward: StewardProcess): void;
  remove(): void;
}

const TMPFS_MIB = 96;

/** A small file system of its own, filled up by another file: what a full disk is. Needs the right to mount. */
function smallFileSystem(): Disk | undefined {
  const folder = temporaryData();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${TMPFS_MIB}m`, 'tmpfs', folder.path], {
      stdio: 'ignore',
    });
  } catch {
    folder.remove();
    return undefined;
  }
  const ballast = join(folder.path, 'ballast');
  return {
    data: join(folder.path, 'data'),
    fill: () => {
      const file = openSync(ballast, 'w');
      const block = Buffer.alloc(64 * 1024);
      try {
        for (;;) writeSync(file, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
      if (statfsSync(folder.path).bavail > block.length) throw new Error('the disk is not full');
    },
    free: () => rmSync(ballast),
    remove: () => {
      // Lazily: a process that was killed may need a moment to let go.
      execFileSync('umount', ['--lazy', folder.path]);
      folder.remove();
    },
  };
}

/** A limit on the size of every file that the process writes: to a program it looks much like a disk that is full. */
function fileLimit(): Disk {
  const folder = temporaryData();
  const limit = (steward: StewardProcess, bytes: string): void => {
    execFileSync('prlimit', ['--pid', String(steward.process.pid), `--fsize=${bytes}:`]);
  };
  return {
    data: folder.path,
    fill: (steward) => limit(steward, '0'),
    free: (steward) => limit(steward, 'unlimited'),
    remove: () => folder.remove(),
  };
}

/** The real thing where this user may mount, and the limit, which everybody may set. */
export function fullDisks(): readonly (readonly [name: string, disk: Disk])[] {
  const small = smallFileSystem();
  const limited: readonly [string, Disk] = ['a limit on the size of files', fileLimit()];
  return small ? [['a small file system', small], limited] : [limited];
}
