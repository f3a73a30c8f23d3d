import { unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'credentials.changed';
const LOOK_EVERY_MS = 500;

/**
 * Tells a Steward that runs in this data folder that devices or users have changed. A file's time says it to every
 * engine of records alike, and looking at it costs nothing.
 */
export function announceCredentialChange(data: string): void {
  writeFileSync(join(data, NAME), '');
}

/** Calls `changed` within half a second of an announcement, until the answer is called. */
export function watchCredentialChanges(data: string, changed: () => void): () => void {
  const file = join(data, NAME);
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return () => unwatchFile(file, changed);
}
