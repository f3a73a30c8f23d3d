import type { Command } from 'commander';
import { formatRuleTestReport } from '../../rules/testing/report.ts';
import { runRuleTests } from '../../rules/testing/run.ts';
import { libraryRulesFolder } from '../paths.ts';
import { rulesIn } from '../rule-files.ts';
import { readText } from '../site-file.ts';
import { addBacktestCommand } from './rules-backtest.ts';
import { addCheckCommand } from './rules-check.ts';
import { addExplainCommand } from './rules-explain.ts';

export function addRulesCommand(program: Command): void {
  const rules = program.command('rules').description('rules and their tests');
  rules
    .command('test')
    .description('runs the tests that stand beside each rule, in event time and without a server')
    .argument('[files...]', 'rule files (default: the library that Steward ships)')
    .action((files: readonly string[]) => {
      const own = files.map((file) => ({ file, text: readText(file) }));
      const report = runRuleTests(own.length > 0 ? own : rulesIn(libraryRulesFolder));
      process.stdout.write(formatRuleTestReport(report));
      if (report.failures.length > 0) process.exitCode = 1;
    });
  addCheckCommand(rules);
  addExplainCommand(rules);
  addBacktestCommand(rules);
}
