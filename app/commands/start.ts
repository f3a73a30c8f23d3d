import type { Command } from 'commander';
import { withCommonFlags } from './common.ts';
import type { StartFlags } from './run-start.ts';

export function addStartCommand(program: Command): void {
  withCommonFlags(program.command('start'))
    .description('runs everything: broker, ingest, rules, tickets, pages')
    .option('--demo', 'the demo estate, with simulated devices and 48 hours of history')
    .option('--http-port <port>', 'port of pages and API')
    .option('--mqtt-port <port>', 'port of the MQTT broker')
    .addHelpText('after', '\nEvery setting can also be given as STEWARD_… in the environment (README).')
    .action(async (flags: StartFlags) => {
      // Loading all parts takes longer than most other commands take.
      const { runStart } = await import('./run-start.ts');
      await runStart(flags);
    });
}
