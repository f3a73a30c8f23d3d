import { HOUR_MS } from '../../model/clock.ts';
import type {
  ExplainedCondition,
  ExplainedSetting,
  ExplainedValue,
  Phase,
  RuleExplanation,
} from '../../model/explanation.ts';
import type { Fault } from '../../model/fault.ts';
import type { Asset } from '../../model/site.ts';
import { APPLIED, LAST_SEEN, TIME } from '../language/cells.ts';
import { formatDuration } from '../language/duration.ts';
import { reads } from '../language/node-text.ts';
import { attributeSetting, type Override, parameterSetting } from '../language/parameters.ts';
import type { Part } from '../language/piece.ts';
import type { CompiledRule } from '../language/rule.ts';
import { quietFor } from './flapping.ts';
import { dueOf } from './hold.ts';
import type { LaneState } from './lane-state.ts';
import type { Memory } from './memory.ts';
import { blocksOf } from './memory.ts';
import { FIRING, HOLD, KEEP, PENDING, PHASE, RECOVERING, SINCE, URGENT } from './progress.ts';
import { inhibitingAssets } from './relations.ts';

const truthOf = (value: number): boolean | null => (Number.isNaN(value) ? null : value === 1);

/** A part, and whether it helps to make the whole what it is: then `wanted` is what it must be for that. */
interface OpenPart {
  readonly part: Part;
  readonly wanted: boolean | null | undefined;
}

function conditionOf(parts: readonly Part[], m: Memory, t: number): ExplainedCondition {
  const open: OpenPart[] = [];
  const because = new Set<string>();
  const told = parts.map((part) => {
    while (open.length > 0 && open.at(-1)!.part.end <= part.start) open.pop();
    const truth = truthOf(part.read(m, t));
    const above = open.at(-1);
    const opposite = above?.part.type === 'not';
    const asked = above ? above.wanted : truth;
    const own = opposite && typeof asked === 'boolean' ? !asked : asked;
    const helps = asked !== undefined && truth === own;
    if (helps && part.type === 'leaf') because.add(opposite ? above!.part.text : part.text);
    const depth = open.length;
    open.push({ part, wanted: helps ? own : undefined });
    return { text: part.text, depth, truth };
  });
  return { parts: told, because: [...because] };
}

function valuesOf({ rule, lane, t }: Looked): readonly ExplainedValue[] {
  const { m, plan } = lane;
  return rule.probes.map(({ label, type, read }) => {
    const metric = [...plan.slots.keys()].find((name) => reads(label, name));
    const at =
      metric === undefined ? Number.NaN : m.v[m.o + plan.slotCells[plan.slots.get(metric)!]! + TIME]!;
    const value = read(m, t);
    const measured = Number.isNaN(at) ? null : at;
    if (typeof value === 'string') return { name: label, value, measured };
    if (Number.isNaN(value)) return { name: label, value: null, measured };
    if (type === 'bool') return { name: label, value: value === 1, measured };
    return { name: label, value: type === 'since' ? value / HOUR_MS : value, measured };
  });
}

function settingsOf(
  rule: CompiledRule,
  asset: Asset,
  overrides: readonly Override[],
): readonly ExplainedSetting[] {
  return rule.numbers.map((name) => {
    const parameter = rule.info.parameters.find((one) => one.name === name);
    const setting = parameter
      ? parameterSetting(parameter, asset, overrides)
      : attributeSetting(name, asset, overrides);
    return { name, ...setting };
  });
}

interface Looked {
  readonly rule: CompiledRule;
  readonly lane: LaneState;
  readonly t: number;
}

interface Progress {
  readonly phase: Phase;
  readonly since: number | null;
  readonly due: number | null;
}

function progressOf({ rule, lane: { m } }: Looked): Progress {
  const { v, o } = m;
  if (Number.isNaN(v[o + LAST_SEEN]!)) return { phase: 'unheard', since: null, due: null };
  const row = -v[o + rule.cell]!;
  if (!(row > 0)) return { phase: 'ok', since: null, due: null };
  const r = blocksOf(m);
  const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);
  const fires = Math.min(
    dueOf(r, row + HOLD, rule.for_ms),
    rule.urgent ? dueOf(r, row + URGENT, rule.urgent.for_ms) : Number.POSITIVE_INFINITY,
  );
  switch (r[row + PHASE]) {
    case PENDING:
      return { phase: 'pending', since: finite(fires - rule.for_ms), due: finite(fires) };
    case FIRING:
      return { phase: 'firing', since: r[row + SINCE]!, due: null };
    case RECOVERING:
      return {
        phase: 'recovering',
        since: r[row + SINCE]!,
        due: finite(dueOf(r, row + KEEP, quietFor(rule, r, row))),
      };
    default:
      return { phase: 'ok', since: null, due: null };
  }
}

/** Faults that hold the rule back for the asset, or of which it is a member. */
function heldBy({ info }: CompiledRule, asset: Asset, faults: readonly Fault[]): readonly string[] {
  return faults
    .filter(
      (fault) =>
        (info.inhibited_by.includes(fault.rule) &&
          inhibitingAssets(info, fault.rule, asset).includes(fault.asset)) ||
        (info.rollup?.as === fault.rule && fault.members.includes(asset.id)),
    )
    .map(({ key }) => key);
}

const list = (texts: readonly string[]): string => texts.join('; ');

function sentence(
  { phase, since, due }: Progress,
  { when, clear }: Pick<RuleExplanation, 'when' | 'clear'>,
  held: readonly string[],
  t: number,
): string {
  const span = (ms: number): string => formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
  const behind = held.length > 0 ? ` No ticket of its own because of ${list(held)}.` : '';
  switch (phase) {
    case 'unheard':
      return 'Nothing was ever heard of it.';
    case 'pending':
      return due === null
        ? `The condition held; now it is not known, and time stands still: ${list(when.because)}.`
        : `The condition holds, and fires in ${span(due - t)}: ${list(when.because)}.${behind}`;
    case 'firing':
      return `Has fired for ${span(t - (since ?? t))}; it clears with: ${clear.parts[0]?.text ?? ''}.${behind}`;
    case 'recovering':
      return `It is being well again: clears in ${span((due ?? t) - t)}.${behind}`;
    case 'ok':
      return when.parts[0]?.truth === null
        ? `Does not fire, as it is not known: ${list(when.because)}.`
        : `Does not fire, as it is not so: ${list(when.because)}.`;
  }
}

function explainRule(
  looked: Looked,
  overrides: readonly Override[],
  faults: readonly Fault[],
): RuleExplanation {
  const { rule, lane, t } = looked;
  const asset = lane.m.asset();
  const { info, parts } = rule;
  const when = conditionOf(parts.when, lane.m, t);
  const clear =
    parts.clear.length > 0
      ? conditionOf(parts.clear, lane.m, t)
      : {
          parts: [{ text: `not (${info.when})`, depth: 0, truth: truthOf(rule.clear.run(lane.m, t)) }],
          because: [],
        };
  const progress = progressOf(looked);
  const held_by = heldBy(rule, asset, faults);
  return {
    rule: rule.name,
    severity: info.severity,
    at: t,
    ...progress,
    when,
    clear,
    values: valuesOf(looked),
    settings: settingsOf(rule, asset, overrides),
    held_by,
    text: sentence(progress, { when, clear }, held_by, t),
  };
}

/** Why each rule of the lane fires for the asset in hand, or does not, once all before `now` was heard. Changes nothing. */
export function explainLane(
  lane: LaneState,
  now: number,
  overrides: readonly Override[],
  faults: readonly Fault[],
): readonly RuleExplanation[] {
  const { m, plan } = lane;
  const t = Math.max(m.v[m.o + APPLIED]!, now - plan.lane.lateness_ms);
  return plan.rules.map(({ rule }) => explainRule({ rule, lane, t }, overrides, faults));
}
