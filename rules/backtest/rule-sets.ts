import { isMap, isSeq, parseDocument } from 'yaml';
import { loadRules, type RuleSource, readRuleFile } from '../language/load.ts';
import type { RuleInfo, RuleSet } from '../language/rule.ts';

/** The file with only the rules that `keep` wants, and without its tests. */
export function onlyRules({ file, text }: RuleSource, keep: (rule: string) => boolean): RuleSource {
  const document = parseDocument(text);
  const groups = document.get('groups');
  for (const group of isSeq(groups) ? groups.items : []) {
    const rules = isMap(group) ? group.get('rules') : undefined;
    if (!isSeq(rules)) continue;
    rules.items = rules.items.filter((rule) => isMap(rule) && keep(String(rule.get('rule'))));
  }
  document.delete('tests');
  return { file, text: document.toString({ lineWidth: 0 }) };
}

export function namesIn(sources: readonly RuleSource[]): ReadonlySet<string> {
  const groups = sources.flatMap((source) => readRuleFile(source).groups);
  return new Set(groups.flatMap((group) => group.rules.map(({ rule }) => rule)));
}

/** The names with what they roll up into, what rolls up into that, and what inhibits any of it. */
function closureOf(names: ReadonlySet<string>, infos: ReadonlyMap<string, RuleInfo>): ReadonlySet<string> {
  const reached = new Set(names);
  let before: number;
  do {
    before = reached.size;
    for (const { name, rollup, inhibited_by } of infos.values()) {
      if (rollup && reached.has(rollup.as)) reached.add(name);
      if (!reached.has(name)) continue;
      for (const other of rollup ? [rollup.as, ...inhibited_by] : inhibited_by) reached.add(other);
    }
  } while (reached.size > before);
  return reached;
}

export interface BacktestRules {
  readonly rules: RuleSet;
  readonly against: RuleSet | undefined;
  /** Of the rules tested and of what they roll up into. */
  readonly names: ReadonlySet<string>;
}

/** Rule files to compare with, or nothing at all; absent: the rules in force of the same names. */
export type Against = readonly RuleSource[] | 'nothing' | undefined;

/**
 * The rules to test in the place of those of the same names among the rules in force, and the latter as they are;
 * rules that have nothing to do with either are left out.
 *
 * Throws StewardError `rule_invalid` for a mistake in any file.
 */
export function rulesForBacktest(
  tested: readonly RuleSource[],
  against: Against,
  inForce: readonly RuleSource[],
): BacktestRules {
  const names = namesIn(tested);
  /** `own` in the place of its namesakes in force. */
  const around = (own: readonly RuleSource[]): RuleSet => {
    const ownNames = namesIn(own);
    const all = [...inForce.map((source) => onlyRules(source, (rule) => !ownNames.has(rule))), ...own];
    const reached = closureOf(names, loadRules(all).infos);
    return loadRules(all.map((source) => onlyRules(source, (rule) => reached.has(rule))));
  };
  const rules = around(tested);
  const counted = new Set(names);
  for (const name of names) {
    const into = rules.infos.get(name)?.rollup?.as;
    if (into !== undefined) counted.add(into);
  }
  if (against === 'nothing') return { rules, against: undefined, names: counted };
  const others = against ?? [];
  const known = namesIn([...inForce, ...others]);
  const comparable = [...names].some((name) => known.has(name));
  return { rules, against: comparable ? around(others) : undefined, names: counted };
}
