import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type Libsql from 'libsql';

const sync = promisify(fdatasync);

/** Transactions that are on the disk when their promise resolves. One at a time. */
export interface Durable {
  /** Throws what `change` or the disk says; then nothing has changed, unless only the sync has failed. */
  commit(change: () => void): Promise<void>;
  close(): void;
}

function inTransaction(database: Libsql.Database, change: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    change();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // On a full disk SQLite has rolled back by itself.
    }
    throw error;
  }
}

/**
 * Commits to a database in WAL mode, and syncs its log on a thread: a commit is on the disk as soon as the log is.
 * Needs a database to which something was written already.
 */
export function openDurable(database: Libsql.Database, file: string): Durable {
  const wal = openSync(`${file}-wal`, 'r');
  let isDoubtful = false;
  return {
    commit: async (change) => {
      // After a failed sync the kernel takes pages for clean that never reached the disk ("fsyncgate"): a hole in the
      // log, which would end it there after a loss of power. So all of it goes to the database first.
      if (isDoubtful) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      isDoubtful = false;
      inTransaction(database, change);
      try {
        await sync(wal);
      } catch (error) {
        isDoubtful = true;
        throw error;
      }
    },
    close: () => closeSync(wal),
  };
}
