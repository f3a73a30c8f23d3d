import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { open, type RootDatabase } from 'lmdb';
import { StewardError } from '../../model/codes.ts';
import { checkWhole } from './lmdb-whole.ts';

/** How long to wait for LMDB to say why a commit failed, which it may never do. */
const REASON_MS = 100;

function unwritable(dir: string, cause: unknown): StewardError {
  return new StewardError('data_unwritable', `${dir}: ${(cause as Error).message}`, { cause });
}

/**
 * Opens LMDB in a folder, which is made when it is not there; `readOnly`: beside a process that writes, perhaps.
 *
 * Throws data_corrupt, data_unwritable, or file_unreadable for one to be read.
 */
export function openRoot(dir: string, readOnly = false): RootDatabase {
  checkWhole(dir);
  if (readOnly) return openForReading(dir);
  try {
    mkdirSync(dir, { recursive: true });
    // Asked for beforehand: what LMDB says of a folder that it cannot write names neither folder nor reason.
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return open({
      path: dir,
      noSubdir: false,
      // A commit resolves after its data is on disk, and fails before anybody could read it.
      overlappingSync: false,
      // With it a failed commit also rejects a promise that nobody is given, which ends the process.
      eventTurnBatching: false,
    });
  } catch (cause) {
    throw unwritable(dir, cause);
  }
}

function openForReading(dir: string): RootDatabase {
  try {
    accessSync(join(dir, 'data.mdb'), constants.R_OK);
    return open({ path: dir, noSubdir: false, readOnly: true });
  } catch (cause) {
    throw new StewardError('file_unreadable', `${dir}: ${(cause as Error).message}`, { cause });
  }
}

/** Makes all changes durable or none. Throws data_unwritable with the disk's reason. */
export async function durably(root: RootDatabase, dir: string, change: () => void): Promise<void> {
  try {
    await root.transaction(change);
  } catch (error) {
    // The reason comes as a promise of its own, which must be listened to: its rejection would end the process.
    const reason = (error as { readonly commitError?: Promise<never> }).commitError;
    if (reason === undefined) throw unwritable(dir, error);
    const known = await Promise.race([reason, sleep(REASON_MS, error)]).catch((cause: unknown) => cause);
    throw unwritable(dir, new Error(`${(known as Error).message}; is the disk full?`, { cause: known }));
  }
}
