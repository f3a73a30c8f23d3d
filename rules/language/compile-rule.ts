import { isKind, type Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { Trade } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { namesOf } from './cel.ts';
import { type Condition, checkSense } from './check-sense.ts';
import { compileExpression, createCompiler } from './compile.ts';
import { compileCondition, msOf, type RuleSink } from './compile-condition.ts';
import { compileProof } from './compile-proof.ts';
import { firstSlot, takeCells } from './layout.ts';
import type { Override, Parameter } from './parameters.ts';
import { boolPiece, type Compiler, type Scope } from './piece.ts';
import type { Flapping, Lane, RuleInfo } from './rule.ts';
import type { RuleDefaults, RuleEntry, RuleGroup } from './schema.ts';
import { parseTemplate, type Template } from './template.ts';
import { not } from './three-valued.ts';

export interface CompileRuleResult {
  readonly info: RuleInfo;
}

const TRADE_OF: Readonly<Record<Kind, Trade>> = {
  bay: 'parking',
  luminaire: 'electrician',
  pump: 'plumber',
  circuit: 'electrician',
  gateway: 'electrician',
  meter: 'electrician',
  sign: 'parking',
};

/** Who is called when the rule does not say. */
export function tradeOf(info: RuleInfo, kind: Kind): Trade {
  return info.trade ?? TRADE_OF[kind];
}

function compileTitle(entry: RuleEntry, sink: RuleSink): Template {
  return parseTemplate(entry.ticket.title, (inner, at) => {
    sink.mistake(['ticket', 'title'], at, `a title knows no {${inner}}`);
    return undefined;
  });
}

function compileWords(k: Compiler, entry: RuleEntry, sink: RuleSink): Template | undefined {
  if (entry.words === undefined) return undefined;
  return parseTemplate(entry.words, (inner, at) => {
    const piece = compileExpression(k, inner, 'any');
    if (!('mistakes' in piece)) return piece;
    for (const mistake of piece.mistakes) sink.mistake(['words'], at + mistake.at, mistake.message);
    return undefined;
  });
}

function checkEvidence(entry: RuleEntry, kind: Kind, sink: RuleSink): void {
  for (const [i, metric] of entry.evidence.entries()) {
    if (metricsOf(kind).has(metric) || metric === 'expected_level') continue;
    const hint = didYouMean(metric, metricsOf(kind).keys());
    sink.mistake(['evidence', i], 0, `a ${kind} has no metric "${metric}"${hint}`);
  }
}

/** Rules that look at other assets have a lane of their own, so that the others need not wait with them. */
function othersIn(entry: RuleEntry, kind: Kind): Pick<Lane, 'ordered' | 'asked'> {
  const text = expressionsOf(entry);
  const named = [...text.matchAll(/\btotal\s*\(\s*["'](\w+)/g)].map(([, name]) => name!);
  const asked = [...new Set(named)].filter((name) => isKind(name) && name !== kind).sort();
  return { ordered: /\b(peers|total)\s*\(/.test(text), asked: asked as Kind[] };
}

/** [P] Four times within an hour is no new fault each time, but one that comes and goes. */
const FLAPPING = { times: 4, within: '1h' };

function flappingOf({ times, within }: typeof FLAPPING): Flapping {
  return { times, within_ms: msOf(within) };
}

function compileForKind(
  entry: RuleEntry & { when: string },
  info: RuleInfo,
  defaults: RuleDefaults,
  kind: Kind,
  scope: Scope,
  sink: RuleSink,
): void {
  const clock_skew_ms = msOf(entry.clock_skew ?? defaults.clock_skew ?? '5m');
  const lane = sink.lane({
    kind,
    lateness_ms: info.lateness_ms,
    clock_skew_ms,
    ...othersIn(entry, kind),
  });
  const k = createCompiler(
    kind,
    lane.layout,
    entry.stale === undefined ? undefined : msOf(entry.stale),
    scope,
  );
  const when = compileCondition(k, sink, ['when'], entry.when);
  const probes = [...k.probes.values()];
  const whenParts = k.parts.splice(0);
  const whenMetrics = [...k.metrics];
  const clear =
    entry.clear === undefined ? boolPiece(not(when.code)) : compileCondition(k, sink, ['clear'], entry.clear);
  const clearParts = k.parts.splice(0);
  const numbers = [...k.numbers];
  const urgent = entry.urgent && {
    when: compileCondition(k, sink, ['urgent', 'when'], entry.urgent.when),
    text: entry.urgent.when,
    for_ms: msOf(entry.urgent.for),
    severity: entry.urgent.severity,
  };
  const proof = compileProof(k, entry, sink);
  const words = compileWords(k, entry, sink);
  checkEvidence(entry, kind, sink);
  const evidence = entry.evidence.filter((metric) => metricsOf(kind).has(metric));
  lane.rules.push({
    name: entry.rule,
    when,
    clear,
    for_ms: info.for_ms,
    keep_ms: info.keep_ms,
    flapping: flappingOf(entry.flapping ?? defaults.flapping ?? FLAPPING),
    cumulative: entry.cumulative,
    until_clear: entry.until_clear,
    unknown: entry.unknown ?? defaults.unknown ?? 'hold',
    urgent,
    proof,
    cell: takeCells(lane.layout, 1, firstSlot(lane.layout, [...k.metrics])),
    metrics: [...k.metrics],
    everyReading: k.usesAbsence,
    probes,
    parts: { when: whenParts, clear: clearParts },
    numbers,
    evidence: evidence.length > 0 ? evidence : whenMetrics,
    words,
    info,
  });
}

/** All that a rule says in CEL. */
function expressionsOf({ when, clear, urgent, words, ticket }: RuleEntry): string {
  return [when, clear, urgent?.when, words, ticket.proof?.healthy].join('\n');
}

/** The parameters that a rule may read: its own and those of its group. */
function parametersOf(entry: RuleEntry, group: Pick<RuleGroup, 'parameters'>): readonly Parameter[] {
  return Object.entries({ ...group.parameters, ...entry.parameters }).map(([name, parameter]) => ({
    name,
    ...parameter,
  }));
}

function checkParameters(entry: RuleEntry, { kinds, parameters }: RuleInfo, sink: RuleSink): void {
  for (const { name } of parameters) {
    const kind = kinds.find((one) => namesOf(one).has(name));
    if (kind) sink.mistake(['when'], 0, `a ${kind} has "${name}" already: name the parameter otherwise`);
  }
  for (const name of Object.keys(entry.parameters)) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      sink.mistake(['parameters', name], 0, `nothing reads the parameter "${name}"`);
    }
  }
}

/** Conditions as written, `when` first. */
function conditionsOf({ when, clear, urgent, ticket }: RuleEntry & { when: string }): readonly Condition[] {
  const { proof } = ticket;
  const fires = 'the rule can never fire';
  return [
    { keys: ['when'], text: when, never: fires },
    ...(clear === undefined ? [] : [{ keys: ['clear'], text: clear, never: 'the fault can never clear' }]),
    ...(urgent ? [{ keys: ['urgent', 'when'], text: urgent.when, never: fires }] : []),
    ...(proof?.healthy === undefined
      ? []
      : [{ keys: ['ticket', 'proof', 'healthy'], text: proof.healthy, never: 'it can never be proved' }]),
  ];
}

/** Compiles a rule for each of its kinds into the sink's lanes; its own parameters hide those of its group. */
export function compileRule(
  entry: RuleEntry,
  group: Pick<RuleGroup, 'defaults' | 'parameters'>,
  overrides: readonly Override[],
  sink: RuleSink,
): CompileRuleResult {
  const { ticket } = entry;
  const { defaults } = group;
  const allParameters = parametersOf(entry, group);
  const text = expressionsOf(entry);
  const info: RuleInfo = {
    name: entry.rule,
    kinds: typeof entry.on === 'string' ? [entry.on] : entry.on,
    severity: entry.severity,
    trade: entry.trade,
    when: entry.when?.trim() ?? null,
    clear: entry.clear?.trim() ?? null,
    for_ms: msOf(entry.for),
    keep_ms: msOf(entry.keep_firing_for),
    lateness_ms: msOf(entry.lateness ?? defaults.lateness ?? '0s'),
    title: compileTitle(entry, sink),
    words: entry.words,
    evidence: entry.evidence,
    rollup: ticket.rollup,
    inhibited_by: ticket.inhibited_by,
    wait_ms: msOf(ticket.wait),
    proof: ticket.proof?.text,
    parameters: allParameters.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text)),
  };
  const scope: Scope = {
    rule: entry.rule,
    parameters: new Map(allParameters.map((parameter) => [parameter.name, parameter])),
    overrides,
  };
  if (entry.urgent && (ticket.rollup || ticket.inhibited_by.length > 0)) {
    sink.mistake(['urgent'], 0, 'an urgent level cannot be combined with rollup or inhibited_by');
  }
  const { when } = entry;
  if (when !== undefined) {
    for (const kind of info.kinds) {
      compileForKind({ ...entry, when }, info, defaults, kind, scope, sink);
      checkSense(conditionsOf({ ...entry, when }), kind, scope.parameters, (keys, { at, message }) =>
        sink.mistake(keys, at, message),
      );
    }
  } else {
    for (const kind of info.kinds) checkEvidence(entry, kind, sink);
  }
  checkParameters(entry, info, sink);
  return { info };
}
