import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Defaults, except that what is cold is written out and compacted after seconds, not after hours. */
export const COMPACT_SOON = `  cache-snapshot-write-cold-duration = "2s"
  compact-full-write-cold-duration = "2s"`;

export function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

/** Bytes of an InfluxDB's data once they were the same ten times, a second apart, with nothing left in its log. */
export async function settledBytes(folder: string): Promise<number> {
  let bytes = -1;
  let same = 0;
  for (let tries = 0; tries < 180 && same < 10; tries++) {
    await sleep(1_000);
    const now = bytesIn(join(folder, 'data'));
    same = now === bytes && bytesIn(join(folder, 'wal')) < 1_000_000 ? same + 1 : 0;
    bytes = now;
  }
  return bytes;
}
