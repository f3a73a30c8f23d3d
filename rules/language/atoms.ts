import type { ASTNode } from '@marcbachmann/cel-js';
import { attributeSchema, attributeTypes } from '../../model/attributes.ts';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { parseDuration } from './duration.ts';
import { add, constant, isConstant, type Linear, scale, subtract, term } from './linear.ts';
import { nodeText } from './node-text.ts';
import type { Parameter } from './parameters.ts';
import { millisecondsIn, unitOfName } from './units.ts';

/** What can be said of the terms of a condition. */
export interface Terms {
  readonly kind: Kind;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Attributes and parameters have their defaults; otherwise they may be anything. */
  readonly defaults: boolean;
}

/** A statement without "and" or "or": a sum below zero, or something that is simply so or not. */
export type Atom =
  | { readonly type: 'sum'; readonly node: ASTNode; readonly sum: Linear; readonly strict: boolean }
  | { readonly type: 'fact'; readonly node: ASTNode; readonly fact: string; readonly truth: boolean };

export const isConstantZero = (sum: Linear): boolean => isConstant(sum) && sum.constant === 0;

export const textOf = (node: ASTNode): string => nodeText(node).replaceAll(/\s+/g, ' ');

function numberOfName(name: string, { kind, parameters, defaults }: Terms): Linear {
  const parameter = parameters.get(name);
  if (parameter) return defaults ? constant(parameter.default) : term(name);
  if (defaults && attributeTypes(kind).get(name) === 'number') {
    return constant(Number(attributeSchema(kind).parse({})[name]));
  }
  return term(name);
}

function product(node: ASTNode, a: Linear, b: Linear): Linear {
  if (isConstant(b)) return scale(a, b.constant);
  return isConstant(a) ? scale(b, a.constant) : term(textOf(node));
}

/** A number as a sum of terms; what is no sum, such as a product of two terms, is a term of its own. */
export function sumOf(node: ASTNode, terms: Terms): Linear {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'number' || typeof node.args === 'bigint'
        ? constant(Number(node.args))
        : term(textOf(node));
    case 'id':
      return numberOfName(node.args, terms);
    case '-_':
      return scale(sumOf(node.args, terms), -1);
    case '+':
      return add(sumOf(node.args[0], terms), sumOf(node.args[1], terms));
    case '-':
      return subtract(sumOf(node.args[0], terms), sumOf(node.args[1], terms));
    case '*':
      return product(node, sumOf(node.args[0], terms), sumOf(node.args[1], terms));
    case '/': {
      const divisor = sumOf(node.args[1], terms);
      return isConstant(divisor) && divisor.constant !== 0
        ? scale(sumOf(node.args[0], terms), 1 / divisor.constant)
        : term(textOf(node));
    }
    default:
      return term(textOf(node));
  }
}

/** A span of time in milliseconds, whatever unit it is written in. */
function spanSum(node: ASTNode, terms: Terms): Linear {
  if (node.op === 'call' && node.args[0] === 'duration') {
    const [text] = node.args[1];
    const ms = text?.op === 'value' ? parseDuration(String(text.args)) : undefined;
    return ms === undefined ? term(textOf(node)) : constant(ms);
  }
  if (node.op === 'id') return scale(sumOf(node, terms), millisecondsIn(unitOfName(node.args)) ?? 1);
  if (node.op === '+' || node.op === '-') {
    const [a, b] = [spanSum(node.args[0], terms), spanSum(node.args[1], terms)];
    return node.op === '+' ? add(a, b) : subtract(a, b);
  }
  return sumOf(node, terms);
}

const isSince = (node: ASTNode): boolean => node.op === 'call' && node.args[0].startsWith('since');

/** Comparisons as sums that must be below zero; any of the answers will do. */
export function compareAtoms(node: ASTNode, terms: Terms, truth: boolean): readonly Atom[] {
  const [left, right] = node.args as [ASTNode, ASTNode];
  const read = isSince(left) || isSince(right) ? spanSum : sumOf;
  const difference = subtract(read(left, terms), read(right, terms));
  const below = (sum: Linear, strict: boolean): Atom => ({ type: 'sum', node, sum, strict });
  const up = scale(difference, -1);
  switch (truth ? node.op : ({ '<': '>=', '<=': '>', '>': '<=', '>=': '<' }[node.op as '<'] ?? node.op)) {
    case '<':
      return [below(difference, true)];
    case '<=':
      return [below(difference, false)];
    case '>':
      return [below(up, true)];
    case '>=':
      return [below(up, false)];
    default:
      return [];
  }
}

const WITH_RANGE = ['avg', 'min', 'max', 'last', 'smooth', 'baseline'];
const NEVER_NEGATIVE = [
  'count',
  'changes',
  'stddev',
  'deviation',
  'rate',
  'anomaly',
  'since',
  'since_change',
];

/** Least and greatest of a term, as far as anybody can know. */
export function rangeOf(name: string, { kind, parameters }: Terms): readonly [number, number] {
  if (name === 'expected_level') return [0, 100];
  if (name === 'night_h') return [0, 24];
  const parameter = parameters.get(name);
  if (parameter) return [parameter.min, parameter.max];
  const [, called, first] = /^(\w+)\((\w+)[,)]/.exec(name) ?? [];
  const metric = metricsOf(kind).get(called === undefined ? name : (first ?? ''));
  if (called !== undefined && NEVER_NEGATIVE.includes(called)) return [0, Number.POSITIVE_INFINITY];
  if (metric && (called === undefined || WITH_RANGE.includes(called))) return [metric.min, metric.max];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}
