import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../model/clock.ts';
import { journalStatus, verifyJournal } from '../../store/journal/inspect.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';

export function addJournalCommand(program: Command): void {
  const journal = program.command('journal').description('readings that are accepted and not yet stored');
  withCommonFlags(journal.command('status'))
    .description('how many wait, since when, and how far each reader is; also while Steward runs')
    .option('--json', 'as JSON')
    .action(status);
  journal
    .command('verify')
    .description('reads every entry of a journal that nobody writes')
    .argument('<folder>')
    .action((folder: string) => {
      const { entries, tail } = verifyJournal(folder);
      const more = tail > 0 ? `; ${tail} bytes after them are of a commit that was never finished` : '';
      process.stdout.write(`${entries} entries are whole${more}\n`);
    });
}

/** The data folder, which can be named without the rest of a configuration. */
export function dataOf(flags: CommonFlags): string {
  if (flags.data !== undefined && flags.config === undefined) return resolve(flags.data);
  return configOf(flags).data;
}

async function status(flags: CommonFlags & { readonly json?: boolean }): Promise<void> {
  const { head, cursors, waiting, since, bytes, fileBytes } = journalStatus(join(dataOf(flags), 'journal'));
  const age = since === undefined ? null : Math.max(0, Math.round((systemClock.now() - since) / 1_000));
  if (flags.json) {
    const view = { head, waiting, oldest_age_s: age, cursors, bytes, file_bytes: fileBytes };
    process.stdout.write(`${JSON.stringify(view)}\n`);
    return;
  }
  const lines = [
    ['waiting', `${waiting} entries${age === null ? '' : `, the oldest for ${age} s`}`],
    ['newest', `position ${head}`],
    ...Object.entries(cursors).map(([name, at]) => [`reader ${name}`, `at ${at}, ${head - at} behind`]),
    ['size', `${bytes} bytes wait, ${fileBytes} in files`],
  ];
  process.stdout.write(lines.map(([what, text]) => `${what!.padEnd(16)} ${text}\n`).join(''));
}
