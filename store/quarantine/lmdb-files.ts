import type { Database, RootDatabase } from 'lmdb';
import type { Rejection } from '../../model/rejection.ts';
import { openRoot } from '../journal/lmdb-root.ts';
import type { Quarantined, QuarantineReader } from './contract.ts';

/** Newest last; the code is in the key so that a list of one code does not unpack the others. */
export type Key = [id: number, code: string];

/** A place among the keys: before all codes of that id. */
export const at = (id: number): Key => [id] as unknown as Key;

export interface Totals {
  readonly last: number;
  readonly byCode: Readonly<Record<string, number>>;
  readonly keptByCode: Readonly<Record<string, number>>;
  readonly bytes: number;
}

export interface Files {
  readonly root: RootDatabase;
  readonly kept: Database<Rejection, Key>;
  readonly meta: Database<Partial<Totals>, string>;
}

export function openFiles(dir: string, readOnly = false): Files {
  const root = openRoot(dir, readOnly);
  return {
    root,
    kept: root.openDB<Rejection, Key>('kept', {}),
    meta: root.openDB<Partial<Totals>, string>('meta', {}),
  };
}

/** A file of an earlier version did not count what is kept: that is counted once. */
export function readTotals({ kept, meta }: Files): Totals {
  const { last = 0, byCode = {}, keptByCode, bytes } = meta.get('totals') ?? {};
  if (keptByCode !== undefined && bytes !== undefined) return { last, byCode, keptByCode, bytes };
  const counted: Record<string, number> = {};
  let sum = 0;
  for (const { key, value } of kept.getRange()) {
    counted[key[1]] = (counted[key[1]] ?? 0) + 1;
    sum += value.payload.length;
  }
  return { last, byCode, keptByCode: counted, bytes: sum };
}

function quarantined(id: number, stored: Rejection, payloadBytes?: number): Quarantined {
  return {
    id,
    ...stored,
    // Copied: what LMDB gives out may lie in a buffer that the next read overwrites.
    payload: Uint8Array.from(stored.payload.subarray(0, payloadBytes)),
    whole: stored.payload.length === stored.size,
  };
}

/** The reader's half, for the process that writes and for others. */
export function readerOf(
  { kept }: Files,
  totals: () => Totals,
): Pick<QuarantineReader, 'list' | 'get' | 'ids' | 'counts'> {
  return {
    list: ({ limit, before, code, payloadBytes }) => {
      const found: Quarantined[] = [];
      const start = at(before ?? totals().last + 1);
      for (const key of kept.getKeys({ start, reverse: true })) {
        if (found.length >= limit) break;
        if (code !== undefined && key[1] !== code) continue;
        const stored = kept.get(key);
        if (stored !== undefined) found.push(quarantined(key[0], stored, payloadBytes));
      }
      return found;
    },
    get: (id) => {
      for (const { value } of kept.getRange({ start: at(id), end: at(id + 1) }))
        return quarantined(id, value);
      return undefined;
    },
    ids: (code) => {
      const ids: number[] = [];
      for (const [id, ofIt] of kept.getKeys()) if (code === undefined || ofIt === code) ids.push(id);
      return ids;
    },
    counts: () => {
      const { last, byCode, keptByCode, bytes } = totals();
      const sum = Object.values(keptByCode).reduce((a, b) => a + b, 0);
      return { kept: sum, bytes, total: last, byCode, keptByCode };
    },
  };
}
