import type { Rejection } from '../../model/rejection.ts';
import { groupCommit } from '../journal/group-commit.ts';
import { durably } from '../journal/lmdb-root.ts';
import type { Quarantine, QuarantineReader } from './contract.ts';
import { at, type Files, openFiles, readerOf, readTotals, type Totals } from './lmdb-files.ts';

export interface QuarantineOptions {
  /** A folder of its own; made when it is not there. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** Rejections that are kept; beyond, the oldest go. */
  readonly limit?: number;
  /** Bytes of payloads that are kept; beyond, the oldest go. */
  readonly limitBytes?: number;
}

const DEFAULT_LIMIT = 100_000;
const DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024;
const GROUP_REJECTIONS = 5_000;

type Write =
  | { readonly type: 'keep'; readonly rejections: readonly Rejection[] }
  | { readonly type: 'settle'; readonly id: number; readonly rejections: readonly Rejection[] }
  | { readonly type: 'expire'; readonly before: number; gone: number };

/** Changes inside one transaction, and what they make of the totals. */
function changes({ kept }: Files, totals: Totals) {
  const byCode = { ...totals.byCode };
  const keptByCode = { ...totals.keptByCode };
  let { last, bytes } = totals;
  let count = Object.values(keptByCode).reduce((a, b) => a + b, 0);
  const put = (id: number, rejection: Rejection): void => {
    kept.putSync([id, rejection.code], rejection);
    keptByCode[rejection.code] = (keptByCode[rejection.code] ?? 0) + 1;
    bytes += rejection.payload.length;
    count++;
  };
  return {
    add: (rejection: Rejection): void => {
      put(++last, rejection);
      byCode[rejection.code] = (byCode[rejection.code] ?? 0) + 1;
    },
    put,
    /** Removes what is there under the id; false when nothing is. */
    remove: (id: number): boolean => {
      for (const { key, value } of kept.getRange({ start: at(id), end: at(id + 1) })) {
        bytes -= value.payload.length;
        kept.removeSync(key);
        count--;
        const left = (keptByCode[key[1]] ?? 1) - 1;
        if (left > 0) keptByCode[key[1]] = left;
        else delete keptByCode[key[1]];
        return true;
      }
      return false;
    },
    oldest: (): number | undefined => {
      for (const key of kept.getKeys({ limit: 1 })) return key[0];
      return undefined;
    },
    isBeyond: (limit: number, limitBytes: number): boolean => count > limit || bytes > limitBytes,
    totals: (): Totals => ({ last, byCode, keptByCode, bytes }),
  };
}

type Changes = ReturnType<typeof changes>;

function settle(change: Changes, id: number, [first, ...others]: readonly Rejection[]): void {
  if (!change.remove(id)) return;
  if (first !== undefined) change.put(id, first);
  for (const rejection of others) change.add(rejection);
}

function expire({ kept }: Files, change: Changes, before: number): number {
  let gone = 0;
  for (let id = change.oldest(); id !== undefined; id = change.oldest()) {
    const [oldest] = kept.getRange({ start: at(id), limit: 1 });
    if (oldest === undefined || oldest.value.received >= before) break;
    change.remove(id);
    gone++;
  }
  return gone;
}

/** A quarantine in LMDB. Throws data_unwritable when the folder cannot be used. */
export async function openQuarantine(options: QuarantineOptions): Promise<Quarantine> {
  const { dir, limit = DEFAULT_LIMIT, limitBytes = DEFAULT_LIMIT_BYTES } = options;
  const files = openFiles(dir);
  let totals = readTotals(files);
  let closing: Promise<void> | undefined;

  const commit = async (writes: readonly Write[]): Promise<void> => {
    let next = totals;
    await durably(files.root, dir, () => {
      const change = changes(files, totals);
      for (const write of writes) {
        if (write.type === 'keep') for (const rejection of write.rejections) change.add(rejection);
        else if (write.type === 'settle') settle(change, write.id, write.rejections);
        else write.gone = expire(files, change, write.before);
      }
      while (change.isBeyond(limit, limitBytes)) change.remove(change.oldest()!);
      next = change.totals();
      files.meta.putSync('totals', next);
    });
    totals = next;
  };

  const writer = groupCommit<Write>({ commit, maxWeight: GROUP_REJECTIONS });

  return {
    ...readerOf(files, () => totals),
    keep: async (rejections) => {
      if (rejections.length > 0) await writer.add({ type: 'keep', rejections }, rejections.length);
    },
    settle: (id, rejections) => writer.add({ type: 'settle', id, rejections }, 1 + rejections.length),
    expire: async (before) => {
      const write: Write = { type: 'expire', before, gone: 0 };
      await writer.add(write, 1);
      return write.gone;
    },
    close: () => {
      closing ??= writer.close().then(() => files.root.close());
      return closing;
    },
  };
}

/** The same for looking only, also while another process writes. Throws file_unreadable when there is none. */
export function readQuarantine(dir: string): QuarantineReader {
  const files = openFiles(dir, true);
  return { ...readerOf(files, () => readTotals(files)), close: () => files.root.close() };
}
