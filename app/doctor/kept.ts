import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CODES, type Code, meaningOf, StewardError } from '../../model/codes.ts';
import { journalStatus, verifyJournal } from '../../store/journal/inspect.ts';
import { openQuarantine } from '../../store/quarantine/sqlite.ts';
import type { Config } from '../config-schema.ts';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { type Finding, finding, look } from './finding.ts';

const CODES_TOLD = 5;

function hint(code: string): string {
  return CODES.includes(code as Code) ? meaningOf(code as Code) : '';
}

/** What was rejected most, and what each code asks for. */
export function rejections(byCode: Readonly<Record<string, number>>): Finding {
  const most = Object.entries(byCode)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (most.length === 0) return finding('rejected', 'ok', 'nothing was rejected');
  const lines = most.slice(0, CODES_TOLD).map(([code, count]) => `${count} × ${code}: ${hint(code)}`);
  const more = most.length - lines.length;
  if (more > 0) lines.push(`and ${more} more codes, on the page Quarantine`);
  return finding('rejected', 'note', lines.join('\n'));
}

async function keptIn(folder: DataFolder, config: Config): Promise<Finding[]> {
  const found: Finding[] = [];
  if (existsSync(folder.at('journal'))) {
    const { waiting, bytes } = journalStatus(folder.at('journal'));
    found.push(
      await look(
        'journal',
        () => `${verifyJournal(folder.at('journal')).entries} entries in its files are whole`,
      ),
    );
    const isFull = waiting >= config.journal.limit || bytes >= config.journal.max_bytes;
    const detail = `${waiting} entries wait in the journal; they are stored at the next start`;
    found.push(finding('waiting', isFull ? 'wrong' : 'ok', isFull ? `journal_full: ${detail}` : detail));
  }
  if (existsSync(folder.at('quarantine'))) {
    const quarantine = await openQuarantine({ dir: folder.at('quarantine') });
    found.push(rejections(quarantine.counts().byCode));
    await quarantine.close();
  }
  return found;
}

/** What a Steward that does not run has left in its folder. Takes the folder's lock for the while. */
export async function keptParts(config: Config): Promise<Finding[]> {
  if (!existsSync(join(config.data, 'steward.lock')))
    return [finding('steward', 'ok', `has never run in ${config.data}`)];
  let folder: DataFolder;
  try {
    folder = openDataFolder(config.data);
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    return [finding('steward', 'wrong', error.message)];
  }
  try {
    return [finding('steward', 'ok', `does not run in ${config.data}`), ...(await keptIn(folder, config))];
  } catch (error) {
    return [finding('journal', 'wrong', (error as Error).message)];
  } finally {
    folder.close();
  }
}
