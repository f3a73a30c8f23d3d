import { loadRules, type RuleSource, readRuleFile } from '../language/load.ts';
import type { RuleInfo, RuleSet } from '../language/rule.ts';

export function namesIn(sources: readonly RuleSource[]): ReadonlySet<string> {
  const names = sources.flatMap((source) => {
    const all = readRuleFile(source).groups.flatMap((group) => group.rules.map(({ rule }) => rule));
    return source.only ? all.filter((name) => source.only?.includes(name)) : all;
  });
  return new Set(names);
}

/** The same files with only those of their rules that are wanted. */
export function limitedTo(
  sources: readonly RuleSource[],
  wanted: (rule: string) => boolean,
): readonly RuleSource[] {
  return sources.map((source) => ({ ...source, only: [...namesIn([source])].filter(wanted) }));
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
    const all = [...limitedTo(inForce, (rule) => !ownNames.has(rule)), ...own];
    const reached = closureOf(names, loadRules(all).infos);
    return loadRules(limitedTo(all, (rule) => reached.has(rule)));
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
