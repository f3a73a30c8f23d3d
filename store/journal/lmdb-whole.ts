import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../model/codes.ts';

/** LMDB's file begins with two meta pages, written in turns. Offsets in one, as this build of it lays them out. */
const META_BYTES = 160;
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;
const PAGE_BYTES_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const PAGE_BYTES_MAX = 65_536;

interface Meta {
  readonly transaction: bigint;
  /** Bytes that the file must have for this state. */
  readonly bytes: bigint;
}

function readMeta(file: number, at: number): Meta | undefined {
  const meta = Buffer.alloc(META_BYTES);
  if (readSync(file, meta, 0, META_BYTES, at) < META_BYTES || meta.readUInt32LE(MAGIC_AT) !== MAGIC)
    return undefined;
  const pageBytes = meta.readUInt32LE(PAGE_BYTES_AT);
  const pages = meta.readBigUInt64LE(LAST_PAGE_AT) + 1n;
  return { transaction: meta.readBigUInt64LE(TRANSACTION_AT), bytes: pages * BigInt(pageBytes) };
}

/** Page size of the file, by where its second meta page is. */
function secondMeta(file: number): Meta | undefined {
  for (let at = 4_096; at <= PAGE_BYTES_MAX; at *= 2) {
    const meta = readMeta(file, at);
    if (meta) return meta;
  }
  return undefined;
}

/**
 * LMDB maps its file: reading what was cut off ends the process (SIGBUS) before anything can be said. So this looks
 * first whether the file is as long as its newest state needs. What is not there, or empty, is whole.
 *
 * Throws data_corrupt.
 */
export function checkWhole(dir: string): void {
  const path = join(dir, 'data.mdb');
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return;
    const metas = [readMeta(file, 0), secondMeta(file)].filter((meta) => meta !== undefined);
    const newest = metas.sort((a, b) => (a.transaction < b.transaction ? 1 : -1))[0];
    if (newest !== undefined && BigInt(size) >= newest.bytes) return;
    const reason = newest
      ? `is cut: ${size} of ${newest.bytes} bytes are there`
      : 'does not begin as it should';
    throw damaged(dir, `data.mdb ${reason}`);
  } finally {
    closeSync(file);
  }
}

/** What a person can do about a damaged folder of LMDB. */
export function damaged(dir: string, reason: string): StewardError {
  return new StewardError(
    'data_corrupt',
    `${dir}: ${reason}. Restore it from a backup, or move it away (mv ${dir} ${dir}.damaged) and start again: ` +
      'only what waited in it is missing then',
  );
}
