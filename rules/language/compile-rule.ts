import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { Trade } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { compileExpression, createCompiler } from './compile.ts';
import { compileCondition, msOf, type RuleSink } from './compile-condition.ts';
import { compileProof } from './compile-proof.ts';
import { takeCells } from './layout.ts';
import { boolPiece, type Compiler } from './piece.ts';
import type { RuleInfo } from './rule.ts';
import type { RuleDefaults, RuleEntry } from './schema.ts';
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

function compileForKind(
  entry: RuleEntry & { when: string },
  info: RuleInfo,
  defaults: RuleDefaults,
  kind: Kind,
  sink: RuleSink,
): void {
  const clock_skew_ms = msOf(entry.clock_skew ?? defaults.clock_skew ?? '5m');
  const lane = sink.lane({ kind, lateness_ms: info.lateness_ms, clock_skew_ms });
  const k = createCompiler(kind, lane.layout, entry.stale === undefined ? undefined : msOf(entry.stale));
  const when = compileCondition(k, sink, ['when'], entry.when);
  const probes = [...k.probes.values()];
  const whenMetrics = [...k.metrics];
  const clear =
    entry.clear === undefined ? boolPiece(not(when.code)) : compileCondition(k, sink, ['clear'], entry.clear);
  const urgent = entry.urgent && {
    when: compileCondition(k, sink, ['urgent', 'when'], entry.urgent.when),
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
    keep_ms: msOf(entry.keep_firing_for),
    cumulative: entry.cumulative,
    unknown: entry.unknown ?? defaults.unknown ?? 'hold',
    urgent,
    proof,
    cell: takeCells(lane.layout, 1),
    metrics: [...k.metrics],
    everyReading: k.usesAbsence,
    probes,
    evidence: evidence.length > 0 ? evidence : whenMetrics,
    words,
    info,
  });
}

/** Compiles a rule for each of its kinds into the sink's lanes. */
export function compileRule(entry: RuleEntry, defaults: RuleDefaults, sink: RuleSink): CompileRuleResult {
  const { ticket } = entry;
  const info: RuleInfo = {
    name: entry.rule,
    kinds: typeof entry.on === 'string' ? [entry.on] : entry.on,
    severity: entry.severity,
    trade: entry.trade,
    when: entry.when?.trim() ?? null,
    clear: entry.clear?.trim() ?? null,
    for_ms: msOf(entry.for),
    lateness_ms: msOf(entry.lateness ?? defaults.lateness ?? '0s'),
    title: compileTitle(entry, sink),
    words: entry.words,
    evidence: entry.evidence,
    rollup: ticket.rollup,
    inhibited_by: ticket.inhibited_by,
    wait_ms: msOf(ticket.wait),
    proof: ticket.proof?.text,
  };
  if (entry.urgent && (ticket.rollup || ticket.inhibited_by.length > 0)) {
    sink.mistake(['urgent'], 0, 'an urgent level cannot be combined with rollup or inhibited_by');
  }
  const { when } = entry;
  if (when !== undefined) {
    for (const kind of info.kinds) compileForKind({ ...entry, when }, info, defaults, kind, sink);
  } else {
    for (const kind of info.kinds) checkEvidence(entry, kind, sink);
  }
  return { info };
}
