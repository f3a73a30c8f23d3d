import {
  assembleLooks,
  assembleRest,
  assembleUpdate,
  type Looks,
  type RestConditions,
  type Update,
} from '../language/assemble.ts';
import type { Evaluate } from '../language/context.ts';
import type { CompiledRule, Lane } from '../language/rule.ts';
import { createShare, type Placed, type Share } from '../language/shared-code.ts';

/** A rule of a lane, and whether it may stay at rest (see assembleRest). */
export interface PlannedRule {
  readonly rule: CompiledRule;
  readonly conditions: RestConditions;
  readonly rest: Evaluate;
}

/** What samples of certain metrics can change: rules, side by side, and cells of their own. */
export interface Touched {
  readonly rules: Int32Array;
  readonly cells: Int32Array;
  readonly looks: readonly (Placed<Looks> & { readonly first: number })[];
  readonly updates: readonly Placed<Update>[];
}

export function planRule(rule: CompiledRule): PlannedRule {
  const conditions = [{ code: rule.when.code, unknownFires: rule.unknown === 'fire' }];
  if (rule.urgent) conditions.push({ code: rule.urgent.when.code, unknownFires: false });
  return { rule, conditions, rest: assembleRest(conditions) };
}

/** Rules that the same metrics change, and how a sample of those looks at them. */
interface RuleGroup {
  readonly everyReading: boolean;
  readonly metrics: readonly string[];
  readonly rules: readonly number[];
  readonly looks: Touched['looks'][number];
}

function groupsOf(rules: readonly PlannedRule[], share: Share): readonly RuleGroup[] {
  const groups = new Map<string, number[]>();
  for (const [i, { rule }] of rules.entries()) {
    const key = rule.everyReading ? '' : [...rule.metrics].sort().join();
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups.values()].map((members) => {
    const { everyReading, metrics } = rules[members[0]!]!.rule;
    const resting = members.map((rule) => {
      const { conditions, rule: compiled } = rules[rule]!;
      return { rule, cell: compiled.cell, conditions };
    });
    return { everyReading, metrics, rules: members, looks: assembleLooks(resting, share) };
  });
}

/** What a reading with a set of slots touches; each set is thought about once. */
export function touchedIn({ layout }: Lane, rules: readonly PlannedRule[]): (slots: number) => Touched {
  const share = createShare();
  const updates = layout.own.map(({ metrics, update }) => ({
    metrics,
    placed: assembleUpdate(update, share),
  }));
  const groups = groupsOf(rules, share);
  const known = new Map<number, Touched>();
  return (slots) => {
    let touched = known.get(slots);
    if (!touched) {
      const metrics = layout.slots.flatMap(({ metric }, i) =>
        Math.floor(slots / 2 ** i) % 2 === 1 ? [metric] : [],
      );
      const isTouched = (names: readonly string[]): boolean => names.some((name) => metrics.includes(name));
      const awake = groups.filter((group) => group.everyReading || isTouched(group.metrics));
      const places = awake.flatMap((group) => group.rules);
      touched = {
        rules: Int32Array.from(places),
        cells: Int32Array.from(places, (place) => rules[place]!.rule.cell),
        looks: awake.map(({ looks }) => looks),
        updates: updates.flatMap(({ metrics: names, placed }) => (isTouched(names) ? [placed] : [])),
      };
      known.set(slots, touched);
    }
    return touched;
  };
}
