import { isKind, type Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { didYouMean } from '../../model/suggest.ts';
import { compileExpression, createCompiler } from './compile.ts';
import { compileCondition, msOf, type RuleSink } from './compile-condition.ts';
import { compileProof } from './compile-proof.ts';
import { firstSlot, takeCells } from './layout.ts';
import type { Let } from './lets.ts';
import { boolPiece, type Compiler, probeAs, type Scope } from './piece.ts';
import type { Flapping, Lane, RuleInfo } from './rule.ts';
import type { RuleDefaults, RuleEntry } from './schema.ts';
import { parseTemplate, type Template } from './template.ts';
import { not } from './three-valued.ts';

function compileWords(k: Compiler, entry: RuleEntry, sink: RuleSink): Template | undefined {
  if (entry.words === undefined) return undefined;
  return parseTemplate(entry.words, (inner, at) => {
    const piece = compileExpression(k, inner, 'any');
    if (!('mistakes' in piece)) return piece;
    for (const mistake of piece.mistakes) sink.mistake(['words'], at + mistake.at, mistake.message);
    return undefined;
  });
}

export function checkEvidence(entry: RuleEntry, kind: Kind, sink: RuleSink): void {
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

/** People are told what a name of the rule stands for, as they are told what a metric shows. */
function compileLets(k: Compiler, lets: readonly Let[], sink: RuleSink): void {
  const pieces = lets.flatMap(({ name, text }) => {
    const piece = compileExpression(k, text, 'any');
    if (!('mistakes' in piece)) return [{ name, piece }];
    for (const { at, message } of piece.mistakes) sink.mistake(['let', name], at, message);
    return [];
  });
  // What they are made of is told where `when` reads it.
  k.parts.length = 0;
  k.probes.clear();
  for (const { name, piece } of pieces) probeAs(k, name, piece);
}

/** Compiles a rule, which has a `when`, for one of its kinds into a lane of the sink. */
export function compileForKind(
  entry: RuleEntry & { when: string },
  info: RuleInfo,
  defaults: RuleDefaults,
  kind: Kind,
  scope: Scope,
  lets: readonly Let[],
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
  compileLets(k, lets, sink);
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
    text: scope.written({ input: entry.urgent.when, start: 0, end: entry.urgent.when.length }),
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
export function expressionsOf({ when, clear, urgent, words, ticket }: RuleEntry): string {
  return [when, clear, urgent?.when, words, ticket.proof?.healthy].join('\n');
}
