import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { StewardError } from '../model/codes.ts';

/** The folder that holds everything that Steward keeps, held by one process at a time. */
export interface DataFolder {
  readonly path: string;
  /** Path of a file or folder in it. */
  at(...names: string[]): string;
  /** 32 random bytes made with the folder, readable by its owner only. */
  readonly secret: Buffer;
  close(): void;
}

/**
 * SQLite's lock on a file ends with its process, however that ended: no stale lock after `kill -9`, no pid that
 * another process has got since.
 */
function lock(file: string): () => void {
  const database = new Libsql(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

function readOrMakeSecret(file: string): Buffer {
  try {
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file);
}

function unwritable(path: string, error: unknown): StewardError {
  const detail = `${path}: ${(error as Error).message}; choose another with --data`;
  return new StewardError('data_unwritable', detail, { cause: error });
}

/** Not with mkdir's `recursive`: on Node 20 that never returns where a parent exists and refuses, as /proc does. */
function makeMissing(path: string): void {
  if (existsSync(path)) return;
  makeMissing(dirname(path));
  mkdirSync(path, { mode: 0o750 });
}

/** Makes the folder when it is not there. Throws data_unwritable. */
export function makeFolder(path: string): void {
  try {
    makeMissing(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Makes the folder when it is not there, and takes it. Throws data_unwritable or data_locked. */
export function openDataFolder(path: string): DataFolder {
  makeFolder(path);
  let unlock: () => void = () => {};
  try {
    const probe = join(path, 'steward.lock');
    writeFileSync(probe, '', { flag: 'a' });
    unlock = lock(probe);
    return {
      path,
      at: (...names) => join(path, ...names),
      secret: readOrMakeSecret(join(path, 'secret')),
      close: unlock,
    };
  } catch (error) {
    unlock();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw unwritable(path, error);
    const detail = `${path}: another Steward works in this folder; stop it, or choose another with --data`;
    throw new StewardError('data_locked', detail);
  }
}
