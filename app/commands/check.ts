import type { Command } from 'commander';
import { loadRules } from '../../rules/language/load.ts';
import { ruleFilesOf } from '../rule-files.ts';
import { loadSites } from '../site-file.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';

export function addCheckCommand(program: Command): void {
  withCommonFlags(program.command('check'))
    .description('reads configuration, sites and rules, and tells every mistake with its place')
    .action((flags: CommonFlags) => {
      const config = configOf(flags);
      const sites = loadSites(config.sites);
      const { infos } = loadRules(ruleFilesOf(config));
      for (const site of sites) {
        const { assets, zones, people } = site;
        process.stdout.write(
          `${site.id}: ${zones.length} zones, ${assets.length} assets, ${people.length} people\n`,
        );
      }
      process.stdout.write(`${infos.size} rules\nno mistakes\n`);
    });
}
