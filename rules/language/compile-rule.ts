import type { Kind } from '../../model/kinds.ts';
import type { Trade } from '../../model/site.ts';
import { namesOf } from './cel.ts';
import { type Condition, checkSense } from './check-sense.ts';
import { msOf, type RuleSink } from './compile-condition.ts';
import { checkEvidence, compileForKind, expressionsOf } from './compile-for-kind.ts';
import { FUNCTIONS } from './functions.ts';
import { withoutLets } from './lets.ts';
import { reads } from './node-text.ts';
import type { Override, Parameter } from './parameters.ts';
import type { Scope } from './piece.ts';
import type { RuleInfo } from './rule.ts';
import type { RuleEntry, RuleGroup } from './schema.ts';
import { parseTemplate, TEMPLATE_FIELDS, type Template } from './template.ts';

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

const kindsOf = ({ on }: RuleEntry): readonly Kind[] => (typeof on === 'string' ? [on] : on);

/** Compiles a rule for each of its kinds into the sink's lanes; its own parameters hide those of its group. */
export function compileRule(
  written: RuleEntry,
  group: Pick<RuleGroup, 'defaults' | 'parameters'>,
  overrides: readonly Override[],
  told: RuleSink,
): CompileRuleResult {
  const { defaults } = group;
  const allParameters = parametersOf(written, group);
  const kinds = kindsOf(written);
  const isTaken = (name: string): boolean =>
    allParameters.some((parameter) => parameter.name === name) ||
    kinds.some((kind) => namesOf(kind).has(name)) ||
    FUNCTIONS.includes(name) ||
    TEMPLATE_FIELDS.some((field) => field.split('.')[0] === name);
  const { entry, sink, lets, written: writtenAs } = withoutLets(written, isTaken, told);
  const { ticket } = entry;
  const text = expressionsOf(entry);
  const info: RuleInfo = {
    name: entry.rule,
    kinds,
    severity: entry.severity,
    trade: entry.trade,
    when: written.when?.trim() ?? null,
    clear: written.clear?.trim() ?? null,
    where: Object.entries(written.let).map(([name, meaning]) => `${name} = ${meaning.trim()}`),
    for_ms: msOf(entry.for),
    keep_ms: msOf(entry.keep_firing_for),
    lateness_ms: msOf(entry.lateness ?? defaults.lateness ?? '0s'),
    title: compileTitle(entry, sink),
    words: written.words,
    evidence: entry.evidence,
    rollup: ticket.rollup,
    inhibited_by: ticket.inhibited_by.map((one) => (typeof one === 'string' ? one : one.rule)),
    inhibited_by_own: ticket.inhibited_by.flatMap((one) => (typeof one === 'string' ? [] : [one.rule])),
    wait_ms: msOf(ticket.wait),
    proof: ticket.proof?.text,
    parameters: allParameters.filter(({ name }) => reads(text, name)),
  };
  const scope: Scope = {
    rule: entry.rule,
    parameters: new Map(allParameters.map((parameter) => [parameter.name, parameter])),
    overrides,
    written: writtenAs,
  };
  if (entry.urgent && (ticket.rollup || ticket.inhibited_by.length > 0)) {
    sink.mistake(['urgent'], 0, 'an urgent level cannot be combined with rollup or inhibited_by');
  }
  const { when } = entry;
  if (when !== undefined) {
    for (const kind of info.kinds) {
      compileForKind({ ...entry, when }, info, defaults, kind, scope, lets, sink);
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
