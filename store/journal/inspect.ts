import { statSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../model/codes.ts';
import type { JournalEntry } from './contract.ts';
import { type Files, openFiles } from './lmdb-files.ts';

export interface JournalStatus {
  /** Position of the newest entry. */
  readonly head: number;
  readonly cursors: Readonly<Record<string, number>>;
  /** Entries that some reader has still to pass. */
  readonly waiting: number;
  /** When the oldest of them was received (a point: its time), epoch milliseconds; undefined when none waits. */
  readonly oldest: number | undefined;
  /** Bytes that waiting entries take up; the file is larger: room once used is kept for the next queue. */
  readonly bytes: number;
  readonly fileBytes: number;
}

function timeOf(entry: JournalEntry): number {
  return entry.type === 'reading' ? entry.reading.received : entry.point.ts;
}

function cursorsOf({ cursors }: Files): Record<string, number> {
  return Object.fromEntries([...cursors.getRange()].map(({ key, value }) => [key, value]));
}

/** Reads beside the process that writes, if there is one. Throws file_unreadable when there is no journal. */
export async function journalStatus(dir: string): Promise<JournalStatus> {
  const files = openFiles(dir, true);
  try {
    const head = files.meta.get('head') ?? 0;
    const cursors = cursorsOf(files);
    const floor = Math.min(head, ...Object.values(cursors));
    const [chunk] = files.chunks.getRange({ limit: 1 });
    const first = head > floor && chunk ? chunk.value[Math.max(0, floor + 1 - chunk.key)] : undefined;
    const { treeLeafPageCount, treeBranchPageCount, overflowPages, pageSize } =
      files.chunks.getStats() as Record<string, number>;
    const pages = treeLeafPageCount! + treeBranchPageCount! + overflowPages!;
    return {
      head,
      cursors,
      waiting: head - floor,
      oldest: first && timeOf(first),
      bytes: pages * pageSize!,
      fileBytes: statSync(join(dir, 'data.mdb')).size,
    };
  } finally {
    await files.root.close();
  }
}

function isEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const { type, reading, point } = value as Partial<Record<'type' | 'reading' | 'point', unknown>>;
  const time = (type === 'reading' ? reading : point) as { readonly ts?: unknown } | undefined;
  return Number.isFinite(time?.ts);
}

/**
 * Reads every entry; resolves to how many there are. Throws data_corrupt where one cannot be read. A damaged file may
 * end the process that reads it: this is for a process of its own.
 */
export async function verifyJournal(dir: string): Promise<number> {
  const files = openFiles(dir, true);
  let count = 0;
  try {
    cursorsOf(files);
    const head = files.meta.get('head') ?? 0;
    let next: number | undefined;
    for (const { key, value } of files.chunks.getRange()) {
      const isWhole = Array.isArray(value) && value.length > 0 && value.every(isEntry);
      if (!isWhole || (next !== undefined && key < next))
        throw new Error(`entries from ${key} on are damaged`);
      next = key + value.length;
      count += value.length;
    }
    if (next !== undefined && next > head + 1)
      throw new Error(`entries reach ${next - 1}, the head is ${head}`);
  } catch (cause) {
    throw new StewardError('data_corrupt', `${dir}: ${(cause as Error).message}`, { cause });
  }
  await files.root.close();
  return count;
}
