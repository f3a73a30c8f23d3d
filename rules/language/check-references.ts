import { didYouMean } from '../../model/suggest.ts';
import type { RuleInfo } from './rule.ts';

/** A rule with the place of each of its keys, for checks across files. */
export interface PlacedRule {
  readonly info: RuleInfo;
  readonly hasWhen: boolean;
  place(...keys: (string | number)[]): string;
}

function checkRollup(rule: PlacedRule, known: ReadonlyMap<string, PlacedRule>, mistakes: string[]): void {
  const { name, rollup } = rule.info;
  if (!rollup) return;
  const at = `${rule.place('ticket', 'rollup', 'as')}: ${name}`;
  const target = known.get(rollup.as);
  if (!target) {
    mistakes.push(
      `${at}: there is no rule "${rollup.as}" to roll up into${didYouMean(rollup.as, known.keys())}`,
    );
  } else if (!target.info.kinds.includes(rollup.by)) {
    mistakes.push(`${at}: ${rollup.as} must be a rule on: ${rollup.by}`);
  } else if (target.info.rollup) {
    mistakes.push(`${at}: ${rollup.as} rolls up itself; a roll-up has one level`);
  }
}

function checkInhibitors(rule: PlacedRule, known: ReadonlyMap<string, PlacedRule>, mistakes: string[]): void {
  const { name, inhibited_by } = rule.info;
  for (const [i, other] of inhibited_by.entries()) {
    const at = `${rule.place('ticket', 'inhibited_by', i)}: ${name}`;
    const target = known.get(other);
    if (!target) mistakes.push(`${at}: there is no rule "${other}"${didYouMean(other, known.keys())}`);
    else if (other === name || target.info.inhibited_by.includes(name)) {
      mistakes.push(`${at}: ${name} and ${other} would silence each other`);
    }
  }
}

/** What only the whole set can tell: names used twice, and rules that name others. */
export function checkReferences(rules: readonly PlacedRule[], mistakes: string[]): void {
  const known = new Map<string, PlacedRule>();
  for (const rule of rules) {
    const first = known.get(rule.info.name);
    if (first) {
      mistakes.push(
        `${rule.place('rule')}: ${rule.info.name}: is already the name of the rule at ${first.place('rule')}`,
      );
    } else known.set(rule.info.name, rule);
  }
  const targets = new Set(rules.map((rule) => rule.info.rollup?.as));
  for (const rule of rules) {
    checkRollup(rule, known, mistakes);
    checkInhibitors(rule, known, mistakes);
    if (!rule.hasWhen && !targets.has(rule.info.name)) {
      mistakes.push(`${rule.place('rule')}: ${rule.info.name}: needs "when": no rule rolls up into it`);
    }
  }
}
