import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { StewardError } from '../../model/codes.ts';
import type { Rejection } from '../../model/rejection.ts';
import { groupCommit } from '../journal/group-commit.ts';
import { unwritable } from '../journal/unwritable.ts';
import type { Quarantine } from './contract.ts';
import { openDurable } from './durable.ts';
import { openRows, type Removed, type Rows, type Totals } from './rows.ts';

export interface QuarantineOptions {
  /** A folder of its own; made when it is not there. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** Rejections that are kept; beyond, the oldest go. */
  readonly limit?: number | undefined;
  /** Bytes of payloads that are kept; beyond, the oldest go. */
  readonly limitBytes?: number | undefined;
}

const DEFAULT_LIMIT = 100_000;
const DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024;
const GROUP_REJECTIONS = 5_000;
/** Removed in one transaction: more would hold up everything else. */
const EXPIRE_AT_ONCE = 1_000;

type Write =
  | { readonly type: 'keep'; readonly rejections: readonly Rejection[] }
  | { readonly type: 'settle'; readonly id: number; readonly rejections: readonly Rejection[] }
  | { readonly type: 'expire'; readonly before: number; gone: number };

/** What is known of the rows without asking for them. */
interface Kept extends Totals {
  readonly dropped: number;
}

/** Changes inside one transaction, and what they make of the totals. */
function changes(rows: Rows, totals: Kept) {
  const byCode = { ...totals.byCode };
  const keptByCode = { ...totals.keptByCode };
  let { last, kept, bytes, dropped } = totals;
  const put = (id: number, rejection: Rejection): void => {
    rows.put(id, rejection);
    keptByCode[rejection.code] = (keptByCode[rejection.code] ?? 0) + 1;
    bytes += rejection.payload.length;
    kept++;
  };
  const add = (rejection: Rejection): void => {
    put(++last, rejection);
    byCode[rejection.code] = (byCode[rejection.code] ?? 0) + 1;
    rows.count(rejection.code);
  };
  const remove = (id: number): Removed | undefined => {
    const removed = rows.remove(id);
    if (removed === undefined) return undefined;
    bytes -= removed.bytes;
    kept--;
    const left = keptByCode[removed.code]! - 1;
    if (left > 0) keptByCode[removed.code] = left;
    else delete keptByCode[removed.code];
    return removed;
  };
  return {
    add,
    settle: (id: number, [first, ...others]: readonly Rejection[]): void => {
      if (!remove(id)) return;
      if (first !== undefined) put(id, first);
      for (const rejection of others) add(rejection);
    },
    /** Removes the oldest ones while they were received before that time; returns how many. */
    expire: (before: number): number => {
      let gone = 0;
      for (; gone < EXPIRE_AT_ONCE; gone++) {
        const oldest = rows.oldest();
        if (oldest === undefined || oldest.received >= before) break;
        remove(oldest.id);
      }
      dropped += gone;
      return gone;
    },
    keepWithin: (limit: number, limitBytes: number): void => {
      for (; kept > limit || bytes > limitBytes; dropped++) remove(rows.oldest()!.id);
    },
    totals: (): Kept => ({ last, kept, bytes, byCode, keptByCode, dropped }),
  };
}

function openFile(dir: string) {
  if (existsSync(join(dir, 'data.mdb')))
    throw new StewardError(
      'data_outdated',
      `${dir}: data.mdb was written by an earlier Steward. Move the folder away (mv ${dir} ${dir}.old) and start ` +
        'again: only what was rejected is missing then',
    );
  try {
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'quarantine.sqlite');
    const database = new Libsql(file);
    try {
      const rows = openRows(database);
      return { database, rows, totals: rows.totals(), durable: openDurable(database, file) };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    if (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT') throw unwritable(dir, cause);
    const advice = `Restore it from a backup, or move it away (mv ${dir} ${dir}.damaged) and start again`;
    throw new StewardError('data_corrupt', `${dir}: ${(cause as Error).message}. ${advice}`, { cause });
  }
}

/** A quarantine in SQLite. Throws data_unwritable, data_corrupt or data_outdated when the folder cannot be used. */
export async function openQuarantine(options: QuarantineOptions): Promise<Quarantine> {
  const { dir, limit = DEFAULT_LIMIT, limitBytes = DEFAULT_LIMIT_BYTES } = options;
  const { database, rows, durable, ...opened } = openFile(dir);
  let totals: Kept = { ...opened.totals, dropped: 0 };
  let closing: Promise<void> | undefined;

  const commit = async (writes: readonly Write[]): Promise<void> => {
    const change = changes(rows, totals);
    try {
      await durable.commit(() => {
        for (const write of writes) {
          if (write.type === 'keep') for (const rejection of write.rejections) change.add(rejection);
          else if (write.type === 'settle') change.settle(write.id, write.rejections);
          else write.gone = change.expire(write.before);
        }
        change.keepWithin(limit, limitBytes);
      });
    } catch (cause) {
      totals = { ...totals, ...rows.totals() };
      throw unwritable(dir, cause);
    }
    totals = change.totals();
  };
  const writer = groupCommit<Write>({ commit, maxWeight: GROUP_REJECTIONS });

  return {
    list: (query) => rows.list(query),
    get: (id) => rows.get(id),
    ids: (code) => rows.ids(code),
    counts: () => {
      const { last, ...counts } = totals;
      return { ...counts, total: last };
    },
    keep: async (rejections) => {
      if (rejections.length > 0) await writer.add({ type: 'keep', rejections }, rejections.length);
    },
    settle: (id, rejections) => writer.add({ type: 'settle', id, rejections }, 1 + rejections.length),
    expire: async (before) => {
      for (let gone = 0; ; ) {
        const write: Write = { type: 'expire', before, gone: 0 };
        await writer.add(write, 1);
        gone += write.gone;
        if (write.gone < EXPIRE_AT_ONCE) return gone;
      }
    },
    close: () => {
      closing ??= writer.close().then(() => {
        // Statements that are still prepared keep the file open: without this the write-ahead log would stay full.
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        durable.close();
        database.close();
      });
      return closing;
    },
  };
}
