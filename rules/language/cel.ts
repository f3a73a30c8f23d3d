import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { attributeTypes } from '../../model/attributes.ts';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { didYouMean } from '../../model/suggest.ts';
import { OWN_PAST_FUNCTIONS } from './compile-own-past.ts';
import { WINDOW_FUNCTIONS } from './context.ts';
import { FUNCTIONS } from './functions.ts';

/** A mistake at an offset of the expression. */
export interface ExpressionMistake {
  readonly at: number;
  readonly message: string;
}

export type Checked =
  | { readonly ast: ASTNode; readonly type: string }
  | { readonly mistakes: readonly ExpressionMistake[] };

const never = (): never => {
  throw new Error('rules are compiled, never evaluated by the parser');
};
const DURATION = 'google.protobuf.Duration';
const TIMED = ['since', 'since_change'] as const;

/** Names that time and place answer, by the timeline that does. */
export const DERIVED_NAMES: ReadonlyMap<string, 'level' | 'night_h'> = new Map([
  ['expected_level', 'level'],
  ['night_h', 'night_h'],
]);

/** Names that every kind has besides metrics and attributes. */
const COMMON_NAMES: readonly (readonly [string, 'double' | 'string'])[] = [
  ['expected_level', 'double'],
  ['night_h', 'double'],
  ['id', 'string'],
  ['zone', 'string'],
];

/** Names of a kind with their CEL types: metrics, attributes, derived values. */
export function namesOf(kind: Kind): ReadonlyMap<string, 'double' | 'bool' | 'string'> {
  return new Map([
    ...[...attributeTypes(kind)].map(
      ([name, type]) => [name, type === 'number' ? 'double' : 'string'] as const,
    ),
    ...COMMON_NAMES,
    ...[...metricsOf(kind)].map(
      ([name, metric]) => [name, metric.type === 'state' ? 'bool' : 'double'] as const,
    ),
  ]);
}

function environmentOf(kind: Kind): Environment {
  const env = new Environment({ unlistedVariablesAreDyn: false });
  for (const [name, type] of namesOf(kind)) env.registerVariable(name, type);
  for (const type of ['double', 'bool']) {
    for (const name of WINDOW_FUNCTIONS) env.registerFunction(`${name}(${type}, string): double`, never);
    for (const name of TIMED) env.registerFunction(`${name}(${type}): ${DURATION}`, never);
    env.registerFunction(`since_change(${type}, string): ${DURATION}`, never);
    env.registerFunction(`last(${type}): ${type}`, never);
    env.registerFunction(`known(${type}): bool`, never);
    env.registerFunction(`peers(string, ${type}): double`, never);
    for (const name of OWN_PAST_FUNCTIONS) {
      for (const args of ['string', 'string, bool']) {
        env.registerFunction(`${name}(${type}, ${args}): double`, never);
      }
    }
  }
  for (const name of ['night', 'day']) {
    for (const args of ['', 'int', 'double']) env.registerFunction(`${name}(${args}): bool`, never);
  }
  env.registerFunction('total(string, string, string): double', never);
  env.registerFunction('local_time(string, string): bool', never);
  env.registerFunction('run_p99(bool, string): double', never);
  env.registerFunction(`since_day(string): ${DURATION}`, never);
  for (const arg of ['string', 'double', DURATION]) env.registerFunction(`absent(${arg}): bool`, never);
  // People write 2 * rated_w; CEL would insist on 2.0.
  for (const op of ['+', '-', '*', '/', '==']) {
    env.registerOperator(`double ${op} int`, never);
    if (op !== '==') env.registerOperator(`int ${op} double`, never);
  }
  for (const op of ['<', '<=', '>', '>=']) env.registerOperator(`${DURATION} ${op} double`, never);
  return env;
}

const environments = new Map<Kind, Environment>();

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case 'call':
      return node.args[1];
    case '!_':
    case '-_':
      return [node.args];
    default:
      return (node.args as unknown[]).flat(2).filter((arg) => isNode(arg));
  }
}

function isNode(arg: unknown): arg is ASTNode {
  return typeof arg === 'object' && arg !== null && 'op' in arg;
}

function unknownNames(node: ASTNode, names: ReadonlySet<string>, kind: Kind): readonly ExpressionMistake[] {
  const below = childrenOf(node).flatMap((child) => unknownNames(child, names, kind));
  if (node.op === 'id' && !names.has(node.args)) {
    const hint = didYouMean(node.args, names.keys());
    return [{ at: node.start, message: `a ${kind} has no "${node.args}"${hint}` }];
  }
  if (node.op === 'call' && !FUNCTIONS.includes(node.args[0])) {
    const hint = didYouMean(node.args[0], FUNCTIONS);
    return [{ at: node.start, message: `there is no function "${node.args[0]}"${hint}` }, ...below];
  }
  return below;
}

function placeOfError(error: unknown): ExpressionMistake {
  const { range, summary, message } = error as {
    range?: { start: number };
    summary?: string;
    message: string;
  };
  const text = summary ?? message;
  const hint = text.includes('bool') && text.includes('int') ? ' (a state is true or false, not 1 or 0)' : '';
  return { at: range?.start ?? 0, message: `${text}${hint}` };
}

function environmentFor(kind: Kind, parameters: readonly string[]): Environment {
  const env = environments.get(kind) ?? environmentOf(kind);
  environments.set(kind, env);
  if (parameters.length === 0) return env;
  return parameters.reduce((own, name) => own.registerVariable(name, 'double'), env.clone());
}

/**
 * Parses and type-checks an expression about assets of a kind, in which a rule's parameters may be named: unknown
 * names first, they explain the rest.
 */
export function checkExpression(text: string, kind: Kind, parameters: readonly string[]): Checked {
  try {
    const env = environmentFor(kind, parameters);
    const parsed = env.parse(text);
    const names = new Set([...namesOf(kind).keys(), ...parameters]);
    const unknown = unknownNames(parsed.ast, names, kind);
    if (unknown.length > 0) return { mistakes: unknown };
    const result = parsed.check();
    if (!result.valid) return { mistakes: [placeOfError(result.error)] };
    return { ast: parsed.ast, type: result.type ?? 'dyn' };
  } catch (error) {
    return { mistakes: [placeOfError(error)] };
  }
}
