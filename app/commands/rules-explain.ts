import type { Command } from 'commander';
import { StewardError } from '../../model/codes.ts';
import { directoryOf } from '../../model/directory.ts';
import type { Asset } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { explainRule } from '../../rules/language/explain.ts';
import { loadRules } from '../../rules/language/load.ts';
import type { RuleInfo } from '../../rules/language/rule.ts';
import type { Config } from '../config-schema.ts';
import { DEMO_DEFAULTS } from '../demo-defaults.ts';
import { libraryRulesFolder } from '../paths.ts';
import { ruleFilesOf, rulesIn } from '../rule-files.ts';
import { loadSites } from '../site-file.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';

interface ExplainFlags extends CommonFlags {
  readonly asset?: string;
  readonly demo?: boolean;
}

/** Throws `not_found`, with what was probably meant. */
function found<T>(what: T | undefined, text: string, name: string, known: Iterable<string>): T {
  if (what !== undefined) return what;
  throw new StewardError('not_found', `${text} "${name}"${didYouMean(name, known)}`);
}

function assetOf(config: Config, id: string, { name, kinds }: RuleInfo): Asset {
  const directory = directoryOf(loadSites(config.sites));
  const ids = [...directory.assets()].map((asset) => asset.id);
  const asset = found(directory.asset(id), 'there is no asset', id, ids);
  if (kinds.includes(asset.kind)) return asset;
  throw new StewardError('request_invalid', `${name} watches: ${kinds.join(', ')}; ${id} is a ${asset.kind}`);
}

/** Sites and rules of a configuration, where one is named or an asset is asked for; otherwise the library alone. */
export function explain(rule: string, flags: ExplainFlags): string {
  const isAsked = flags.config !== undefined || flags.demo === true || flags.asset !== undefined;
  const config = isAsked ? configOf(flags, flags.demo ? DEMO_DEFAULTS : undefined) : undefined;
  const rules = loadRules(config ? ruleFilesOf(config) : rulesIn(libraryRulesFolder));
  const info = found(rules.infos.get(rule), 'there is no rule', rule, rules.infos.keys());
  const asset = config && flags.asset !== undefined ? assetOf(config, flags.asset, info) : undefined;
  return explainRule(rules, info, asset);
}

export function addExplainCommand(rules: Command): void {
  withCommonFlags(rules.command('explain'))
    .description('a rule in words: what it watches, its numbers for an asset and where each comes from')
    .argument('<rule>', 'name of a rule in force')
    .option('--asset <id>', 'numbers of this asset')
    .option('--demo', 'of the demo estate')
    .action((rule: string, flags: ExplainFlags) => {
      process.stdout.write(explain(rule, flags));
    });
}
