#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { StewardError } from '../model/codes.ts';
import { addCheckCommand } from './commands/check.ts';
import { addDashboardsCommand } from './commands/dashboards.ts';
import { addDevicesCommand } from './commands/devices.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addJournalCommand } from './commands/journal.ts';
import { addRulesCommand } from './commands/rules.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addStartCommand } from './commands/start.ts';
import { addUsersCommand } from './commands/users.ts';
import { version } from './paths.ts';
import { keepReadingsYoung } from './young-readings.ts';

/** What an exit code means: 1 something failed, 2 the command line or a file has a mistake. */
const EXIT_FAILED = 1;
const EXIT_MISTAKE = 2;
const MISTAKES = new Set(['config_invalid', 'site_invalid', 'rule_invalid', 'file_unreadable']);

function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_MISTAKE);
  if (error instanceof StewardError) {
    for (const line of error.message.split('\n')) process.stderr.write(`steward: ${error.code}: ${line}\n`);
    process.exit(MISTAKES.has(error.code) ? EXIT_MISTAKE : EXIT_FAILED);
  }
  process.stderr.write(`steward: internal: ${(error as Error)?.stack ?? String(error)}\n`);
  process.exit(EXIT_FAILED);
}

// `steward devices list | head` closes our output when it has seen enough: no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_FAILED),
);

keepReadingsYoung();

const program = new Command('steward')
  .description('Looks after parking bays, lights and pumps: telemetry in, true tickets out, repairs proved.')
  .version(version)
  .showHelpAfterError('(steward --help tells more)')
  .exitOverride();

addStartCommand(program);
addCheckCommand(program);
addRulesCommand(program);
addSimulateCommand(program);
addDashboardsCommand(program);
addDevicesCommand(program);
addUsersCommand(program);
addDoctorCommand(program);
addJournalCommand(program);

await program.parseAsync().catch(fail);
