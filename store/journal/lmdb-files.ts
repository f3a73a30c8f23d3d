import type { Database, RootDatabase } from 'lmdb';
import type { JournalEntry } from './contract.ts';
import { openRoot } from './lmdb-root.ts';

/** The databases of a journal. */
export interface Files {
  readonly root: RootDatabase;
  /** First position of a chunk → its entries. */
  readonly chunks: Database<readonly JournalEntry[], number>;
  readonly cursors: Database<number, string>;
  readonly meta: Database<number, string>;
  readonly probes: Database<Uint8Array, string>;
}

export function openFiles(dir: string, readOnly = false): Files {
  const root = openRoot(dir, readOnly);
  return {
    root,
    chunks: root.openDB<readonly JournalEntry[], number>('chunks', {}),
    cursors: root.openDB<number, string>('cursors', {}),
    meta: root.openDB<number, string>('meta', {}),
    probes: root.openDB<Uint8Array, string>('probes', {}),
  };
}

/** Keys of chunks that end at or before `floor`. A chunk ends where the next begins, the newest one at `head`. */
export function passedChunks(chunks: Files['chunks'], floor: number, head: number): number[] {
  const keys = [...chunks.getKeys({ start: 0, end: floor + 2 })];
  if (head > floor) keys.pop();
  return keys;
}
