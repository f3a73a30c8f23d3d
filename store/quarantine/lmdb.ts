import type { Database, RootDatabase } from 'lmdb';
import type { Rejection } from '../../model/rejection.ts';
import { groupCommit } from '../journal/group-commit.ts';
import { durably, openRoot } from '../journal/lmdb-root.ts';
import type { Quarantine, Quarantined, QuarantineQuery } from './contract.ts';

export interface QuarantineOptions {
  /** A folder of its own; made when it is not there. One process at a time: the caller holds the lock. */
  readonly dir: string;
  /** Rejections that are kept; beyond, the oldest go. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 100_000;
const GROUP_REJECTIONS = 5_000;

/** Newest last; the code is in the key so that a list of one code does not unpack the others. */
type Key = [id: number, code: string];

interface Totals {
  readonly last: number;
  readonly byCode: Readonly<Record<string, number>>;
}

interface Files {
  readonly root: RootDatabase;
  readonly kept: Database<Rejection, Key>;
  readonly meta: Database<Totals, string>;
}

function openFiles(dir: string): Files {
  const root = openRoot(dir);
  return {
    root,
    kept: root.openDB<Rejection, Key>('kept', {}),
    meta: root.openDB<Totals, string>('meta', {}),
  };
}

function plus(byCode: Totals['byCode'], rejections: readonly Rejection[]): Record<string, number> {
  const sums = { ...byCode };
  for (const { code } of rejections) sums[code] = (sums[code] ?? 0) + 1;
  return sums;
}

function quarantined(id: number, stored: Rejection): Quarantined {
  // Copied: what LMDB gives out may lie in a buffer that the next read overwrites.
  return { id, ...stored, payload: Uint8Array.from(stored.payload) };
}

/** A quarantine in LMDB. Throws data_unwritable when the folder cannot be used. */
export async function openQuarantine({ dir, limit = DEFAULT_LIMIT }: QuarantineOptions): Promise<Quarantine> {
  const files = openFiles(dir);
  let totals = files.meta.get('totals') ?? { last: 0, byCode: {} };
  let oldest = [...files.kept.getKeys({ limit: 1 })][0]?.[0] ?? totals.last + 1;
  let closing: Promise<void> | undefined;

  const commit = async (groups: readonly (readonly Rejection[])[]): Promise<void> => {
    const rejections = groups.flat();
    const next: Totals = {
      last: totals.last + rejections.length,
      byCode: plus(totals.byCode, rejections),
    };
    const firstKept = Math.max(oldest, next.last - limit + 1);
    await durably(files.root, dir, () => {
      rejections.forEach((rejection, i) => {
        files.kept.putSync([totals.last + 1 + i, rejection.code], rejection);
      });
      for (const key of [...files.kept.getKeys({ end: [firstKept] as unknown as Key })]) {
        files.kept.removeSync(key);
      }
      files.meta.putSync('totals', next);
    });
    totals = next;
    oldest = firstKept;
  };

  const writer = groupCommit<readonly Rejection[]>({ commit, maxWeight: GROUP_REJECTIONS });

  const list = ({ limit: max, before, code }: QuarantineQuery): Quarantined[] => {
    const found: Quarantined[] = [];
    const start = [before ?? totals.last + 1] as unknown as Key;
    for (const key of files.kept.getKeys({ start, reverse: true })) {
      if (found.length >= max) break;
      if (code !== undefined && key[1] !== code) continue;
      found.push(quarantined(key[0], files.kept.get(key)!));
    }
    return found;
  };

  return {
    keep: async (rejections) => {
      if (rejections.length > 0) await writer.add(rejections, rejections.length);
    },
    list,
    counts: () => ({
      kept: totals.last - oldest + 1,
      total: totals.last,
      byCode: totals.byCode,
    }),
    close: () => {
      closing ??= writer.close().then(() => files.root.close());
      return closing;
    },
  };
}
