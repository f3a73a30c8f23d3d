import type { Command } from 'commander';
import { libraryRulesFolder } from '../paths.ts';

export function addRulesCommand(program: Command): void {
  const rules = program.command('rules').description('rules and their tests');
  void rules;
  void libraryRulesFolder;
}
