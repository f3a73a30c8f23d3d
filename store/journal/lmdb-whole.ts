import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../model/codes.ts';

/** Where the magic number stands in the first meta page, as this build of LMDB lays it out. */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;

/**
 * LMDB maps its file, and a file that is none of its own may end the process before anything can be said. So this
 * looks first whether it begins as it should. What is not there, or empty, is whole. A length below that of the
 * newest state is no sign of damage: pages that a commit took and gave back at once are never written.
 *
 * Throws data_corrupt.
 */
export function checkWhole(dir: string): void {
  const path = join(dir, 'data.mdb');
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size === 0) return;
    const beginning = Buffer.alloc(MAGIC_AT + 4);
    const read = readSync(file, beginning, 0, beginning.length, 0);
    if (read === beginning.length && beginning.readUInt32LE(MAGIC_AT) === MAGIC) return;
    throw new StewardError(
      'data_corrupt',
      `${dir}: data.mdb does not begin as it should. Restore it from a backup, or move it away ` +
        `(mv ${dir} ${dir}.damaged) and start again: only what waited in it is missing then`,
    );
  } finally {
    closeSync(file);
  }
}
