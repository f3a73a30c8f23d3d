import type { Command } from 'commander';
import { loadRules } from '../../rules/language/load.ts';
import { libraryRulesFolder } from '../paths.ts';
import { rulesIn } from '../rule-files.ts';
import { readText } from '../site-file.ts';

export function addCheckCommand(rules: Command): void {
  rules
    .command('check')
    .description('reads, checks and compiles rules; tells every mistake with its file, line and column')
    .argument('[files...]', 'rule files (default: the library that Steward ships)')
    .option('--with-library', 'the files may name rules of the library, as they do beside it', false)
    .action((files: readonly string[], { withLibrary }: { withLibrary: boolean }) => {
      const own = files.map((file) => ({ file, text: readText(file) }));
      const shipped = own.length === 0 || withLibrary ? rulesIn(libraryRulesFolder) : [];
      const { infos } = loadRules([...shipped, ...own]);
      process.stdout.write(`${infos.size} rules in ${shipped.length + own.length} files: no mistakes\n`);
    });
}
