import { StewardError } from '../../model/codes.ts';
import { type Path, readStrictYaml } from '../../model/strict-yaml.ts';
import { arrange } from './arrange.ts';
import { checkOverrides, type PlacedOverride } from './check-overrides.ts';
import { checkReferences, type PlacedRule } from './check-references.ts';
import { compileRule } from './compile-rule.ts';
import { type Layout, newLayout } from './layout.ts';
import type { Parameter } from './parameters.ts';
import { placeInside } from './place.ts';
import { type CompiledRule, isSameLane, type Lane, type LaneKey, type RuleSet } from './rule.ts';
import { type RuleFile, type RuleGroup, ruleFileSchema } from './schema.ts';

export interface RuleSource {
  readonly file: string;
  readonly text: string;
  /** Names of the rules that are meant, as if the file had no others; absent = all. */
  readonly only?: readonly string[] | undefined;
}

type MutableLane = Lane & { readonly rules: CompiledRule[] };

type LayoutOf = (key: LaneKey) => Layout;

function laneOf(lanes: MutableLane[], key: LaneKey, layoutOf: LayoutOf): MutableLane {
  const found = lanes.find((lane) => isSameLane(lane, key));
  if (found) return found;
  const lane: MutableLane = { ...key, layout: layoutOf(key), rules: [] };
  lanes.push(lane);
  return lane;
}

/** Reads one rule file. Throws StewardError `rule_invalid` for what the schema forbids. */
export function readRuleFile(source: RuleSource): RuleFile {
  return readStrictYaml(source.text, source.file, ruleFileSchema, 'rule_invalid').value;
}

/** What is gathered while files are read. */
interface Gathered {
  readonly layoutOf: LayoutOf;
  readonly mistakes: string[];
  readonly placed: PlacedRule[];
  readonly lanes: MutableLane[];
  readonly overrides: PlacedOverride[];
  /** All that are declared, read or not. */
  readonly parameters: Parameter[];
}

type Place = (path: Path, at?: number) => string;

const declared = (parameters: RuleGroup['parameters']): Parameter[] =>
  Object.entries(parameters).map(([name, parameter]) => ({ name, ...parameter }));

function loadGroup(
  group: RuleGroup,
  only: RuleSource['only'],
  path: Path,
  place: Place,
  into: Gathered,
): void {
  const { mistakes, placed, lanes, overrides } = into;
  const read = new Set<string>();
  for (const [r, entry] of group.rules.entries()) {
    into.parameters.push(...declared(entry.parameters));
    if (only && !only.includes(entry.rule)) continue;
    const below = (keys: Path): Path => [...path, 'rules', r, ...keys];
    const { info } = compileRule(entry, group, overrides, {
      lane: (key) => laneOf(lanes, key, into.layoutOf),
      mistake: (keys, at, message) => mistakes.push(`${place(below(keys), at)}: ${entry.rule}: ${message}`),
    });
    for (const { name } of info.parameters) if (!(name in entry.parameters)) read.add(name);
    placed.push({ info, hasWhen: entry.when !== undefined, place: (...keys) => place(below(keys)) });
  }
  into.parameters.push(...declared(group.parameters));
  for (const name of Object.keys(group.parameters)) {
    // What is not meant may read it.
    if (!read.has(name) && !only) {
      mistakes.push(`${place([...path, 'parameters', name])}: no rule of the group reads "${name}"`);
    }
  }
}

function placedOverride(override: RuleFile['overrides'][number], path: Path, place: Place): PlacedOverride {
  const { set, ...where } = override;
  return { where, set, place: place(path), placeOf: (name) => place([...path, 'set', name]) };
}

/** A file as it was read, and where things stand in it. */
interface ReadSource extends RuleFile {
  readonly only: RuleSource['only'];
  readonly place: Place;
}

function readSource(source: RuleSource): ReadSource {
  const inside = placeInside(source.text);
  return {
    ...readRuleFile(source),
    only: source.only,
    place: (path, at = 0) => `${source.file}:${inside(path, at)}`,
  };
}

function compileAll(files: readonly ReadSource[], layoutOf: LayoutOf): Gathered {
  const into: Gathered = { layoutOf, mistakes: [], placed: [], lanes: [], overrides: [], parameters: [] };
  for (const { groups, overrides, only, place } of files) {
    for (const [g, group] of groups.entries()) loadGroup(group, only, ['groups', g], place, into);
    into.overrides.push(...overrides.map((one, i) => placedOverride(one, ['overrides', i], place)));
  }
  return into;
}

/**
 * Reads, checks and compiles rule files as one set: rules may name rules of other files.
 *
 * Throws StewardError `rule_invalid` that lists every mistake as `file:line:column: rule: what is wrong`.
 */
export function loadRules(files: readonly RuleSource[]): RuleSet {
  const read = files.map(readSource);
  const draft = compileAll(read, () => newLayout());
  const { mistakes } = draft;
  checkReferences(draft.placed, mistakes);
  checkOverrides(draft.overrides, draft.parameters, mistakes);
  if (mistakes.length > 0) throw new StewardError('rule_invalid', [...new Set(mistakes)].join('\n'));
  // What rules remember of an asset is known only now; expressions say where it lies, so they are compiled again.
  const { placed, lanes, overrides } = compileAll(read, (key) =>
    newLayout(arrange(laneOf(draft.lanes, key, () => newLayout()).layout)),
  );
  return { infos: new Map(placed.map(({ info }) => [info.name, info])), lanes, overrides };
}
