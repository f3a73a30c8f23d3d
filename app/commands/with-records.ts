import { join } from 'node:path';
import { StewardError } from '../../model/codes.ts';
import type { Directory } from '../../model/directory.ts';
import { directoryOf } from '../../model/directory.ts';
import type { RecordsStore } from '../../store/records/contract.ts';
import { openSqliteRecords } from '../../store/records/sqlite/open.ts';
import type { Config } from '../config-schema.ts';
import { announceCredentialChange } from '../credential-changes.ts';
import { makeFolder } from '../data-folder.ts';
import { loadSites } from '../site-file.ts';

/**
 * Opens the records of a configuration, also while Steward runs (SQLite takes turns), and closes them again. A Steward
 * that runs looks at its devices and users afterwards.
 */
export async function withRecords(
  config: Config,
  work: (records: RecordsStore, directory: Directory) => Promise<void>,
): Promise<void> {
  const directory = directoryOf(loadSites(config.sites));
  makeFolder(config.data);
  const records = await openSqliteRecords({ file: join(config.data, 'records.sqlite') });
  try {
    await work(records, directory);
    announceCredentialChange(config.data);
  } finally {
    await records.close();
  }
}

/** Throws not_found. */
export function mustBeThere<T>(what: T | undefined, text: string): T {
  if (what === undefined) throw new StewardError('not_found', text);
  return what;
}
