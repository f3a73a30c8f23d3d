import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Database from 'libsql';
import { StewardError } from '../../../model/codes.ts';

/** How long a statement waits for another process (`steward users add`) to end its transaction. */
const BUSY_TIMEOUT_MS = 5_000;

/** Preparing is a third of the work: 2,000 new tickets took 0.43 s of processor time with statements kept, 0.71 without. */
const STATEMENTS_KEPT = 200;

/** libsql 0.5 aborts the whole process when a boolean is bound, and stores NaN as null: refuse both here. */
function bindable(parameters: readonly unknown[]): readonly unknown[] {
  for (const value of parameters) {
    if (value === null || typeof value === 'string' || value instanceof Uint8Array) continue;
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new TypeError(`SQLite cannot be given a ${typeof value} (${String(value).slice(0, 40)})`);
  }
  return parameters;
}

/**
 * Opens or creates the file. Write-ahead log, so that readers and the writer do not wait for each other;
 * `synchronous = FULL`, because in WAL mode NORMAL may lose the last commits when the power goes, and a ticket that
 * was announced must not.
 *
 * @throws StewardError `data_unwritable` when the file cannot be opened, `file_unreadable` when it is no database.
 */
export function openDatabase(file: string): SqliteDatabase {
  let database: Database.Database;
  try {
    database = new Database(file);
  } catch (cause) {
    throw new StewardError('data_unwritable', `${file}: the records cannot be opened`, { cause });
  }
  try {
    database.exec(
      `pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on`,
    );
  } catch (cause) {
    database.close();
    throw new StewardError(
      'file_unreadable',
      `${file}: ${String(cause)}. Move it away, or restore a backup`,
      {
        cause,
      },
    );
  }
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare: (source) => {
      const known = prepared.get(source);
      if (known) return known;
      const statement = database.prepare(source);
      const checked: SqliteStatement = {
        reader: statement.reader,
        all: (parameters) => statement.all(bindable(parameters)),
        run: (parameters) => statement.run(bindable(parameters)),
        iterate: (parameters) => statement.iterate(bindable(parameters)),
      };
      // Lists with many values make ever new texts: they must not fill the memory.
      if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
      prepared.set(source, checked);
      return checked;
    },
    close: () => database.close(),
  };
}
