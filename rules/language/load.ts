import { StewardError } from '../../model/codes.ts';
import { readStrictYaml } from '../../model/strict-yaml.ts';
import { checkReferences, type PlacedRule } from './check-references.ts';
import { type CompileRuleResult, compileRule } from './compile-rule.ts';
import { newLayout } from './layout.ts';
import { placeInside } from './place.ts';
import type { CompiledRule, Lane, RuleSet } from './rule.ts';
import { type RuleFile, ruleFileSchema } from './schema.ts';

export interface RuleSource {
  readonly file: string;
  readonly text: string;
}

type MutableLane = Lane & { readonly rules: CompiledRule[] };

function laneOf(
  lanes: MutableLane[],
  key: Pick<Lane, 'kind' | 'lateness_ms' | 'clock_skew_ms'>,
): MutableLane {
  const found = lanes.find(
    (lane) =>
      lane.kind === key.kind &&
      lane.lateness_ms === key.lateness_ms &&
      lane.clock_skew_ms === key.clock_skew_ms,
  );
  if (found) return found;
  const lane: MutableLane = { ...key, layout: newLayout(), rules: [] };
  lanes.push(lane);
  return lane;
}

/** Reads one rule file. Throws StewardError `rule_invalid` for what the schema forbids. */
export function readRuleFile(source: RuleSource): RuleFile {
  return readStrictYaml(source.text, source.file, ruleFileSchema, 'rule_invalid').value;
}

/**
 * Reads, checks and compiles rule files as one set: rules may name rules of other files.
 *
 * Throws StewardError `rule_invalid` that lists every mistake as `file:line:column: rule: what is wrong`.
 */
export function loadRules(files: readonly RuleSource[]): RuleSet {
  const mistakes: string[] = [];
  const placed: PlacedRule[] = [];
  const lanes: MutableLane[] = [];
  for (const source of files) {
    const { groups } = readRuleFile(source);
    const inside = placeInside(source.text);
    for (const [g, group] of groups.entries()) {
      for (const [r, entry] of group.rules.entries()) {
        const path = ['groups', g, 'rules', r];
        const place = (keys: readonly (string | number)[], at = 0): string =>
          `${source.file}:${inside([...path, ...keys], at)}`;
        const result: CompileRuleResult = compileRule(entry, group.defaults, {
          lane: (key) => laneOf(lanes, key),
          mistake: (keys, at, message) => mistakes.push(`${place(keys, at)}: ${entry.rule}: ${message}`),
        });
        placed.push({
          info: result.info,
          hasWhen: entry.when !== undefined,
          place: (...keys) => place(keys),
        });
      }
    }
  }
  checkReferences(placed, mistakes);
  if (mistakes.length > 0) throw new StewardError('rule_invalid', [...new Set(mistakes)].join('\n'));
  return { infos: new Map(placed.map(({ info }) => [info.name, info])), lanes };
}
