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

/** The rules from `name` back to itself by what `next` names; undefined when there is no such way. */
function circleFrom(name: string, next: (rule: string) => readonly string[]): readonly string[] | undefined {
  const walk = (way: readonly string[]): readonly string[] | undefined => {
    for (const other of next(way.at(-1)!)) {
      if (other === name) return [...way, other];
      const circle = way.includes(other) ? undefined : walk([...way, other]);
      if (circle) return circle;
    }
    return undefined;
  };
  return walk([name]);
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

function checkCircles(rule: PlacedRule, known: ReadonlyMap<string, PlacedRule>, mistakes: string[]): void {
  const { name, rollup } = rule.info;
  const upward = (of: string): readonly string[] => {
    const as = known.get(of)?.info.rollup?.as;
    return as === undefined ? [] : [as];
  };
  const rolled = rollup && circleFrom(name, upward);
  if (rolled) {
    mistakes.push(
      `${rule.place('ticket', 'rollup', 'as')}: ${name}: rolls up in a circle: ${rolled.join(' → ')}`,
    );
  }
  const silenced = circleFrom(name, (of) => known.get(of)?.info.inhibited_by ?? []);
  if (silenced && silenced.length > 3) {
    const place = rule.place('ticket', 'inhibited_by');
    mistakes.push(`${place}: ${name}: rules would silence each other: ${silenced.join(' → ')}`);
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
    checkCircles(rule, known, mistakes);
    if (!rule.hasWhen && !targets.has(rule.info.name)) {
      mistakes.push(`${rule.place('rule')}: ${rule.info.name}: needs "when": no rule rolls up into it`);
    }
  }
}
