import type { ASTNode } from '@marcbachmann/cel-js';
import { type Atom, compareAtoms, rangeOf, type Terms, textOf } from './atoms.ts';
import { type Constraint, constant, solve, subtract, term, type Witness } from './linear.ts';

/** Statements that are all true at once. A condition is true in any of its cases. */
export type Case = readonly Atom[];

/** Conditions with more cases are not looked into. */
const MOST_CASES = 400;

const fact = (node: ASTNode, name: string, truth: boolean): readonly Case[] => [
  [{ type: 'fact', node, fact: name, truth }],
];

function both(a: readonly Case[] | undefined, b: readonly Case[] | undefined): readonly Case[] | undefined {
  if (!a || !b || a.length * b.length > MOST_CASES) return undefined;
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

function either(a: readonly Case[] | undefined, b: readonly Case[] | undefined): readonly Case[] | undefined {
  return a && b && a.length + b.length <= MOST_CASES ? [...a, ...b] : undefined;
}

function equality(node: ASTNode, terms: Terms, truth: boolean): readonly Case[] | undefined {
  const [left, right] = node.args as [ASTNode, ASTNode];
  const literal = right.op === 'value' ? right.args : undefined;
  if (typeof literal === 'boolean') return casesOf(left, terms, truth === literal);
  if (typeof literal === 'string') return fact(node, `${textOf(left)} is ${literal}`, truth);
  if (left.op === 'value' && typeof left.args === 'string') {
    return fact(node, `${textOf(right)} is ${left.args}`, truth);
  }
  const compared = (op: '<' | '<=' | '>' | '>='): Case =>
    compareAtoms({ ...node, op } as ASTNode, terms, true);
  return truth ? [[...compared('<='), ...compared('>=')]] : [compared('<'), compared('>')];
}

/** The cases in which a condition is `truth`; undefined when there are too many. */
export function casesOf(node: ASTNode, terms: Terms, truth = true): readonly Case[] | undefined {
  switch (node.op) {
    case '&&':
    case '||': {
      const [a, b] = node.args.map((arg) => casesOf(arg, terms, truth));
      return (node.op === '&&') === truth ? both(a, b) : either(a, b);
    }
    case '!_':
      return casesOf(node.args, terms, !truth);
    case '?:': {
      const [test, yes, no] = node.args;
      return either(
        both(casesOf(test, terms, true), casesOf(yes, terms, truth)),
        both(casesOf(test, terms, false), casesOf(no, terms, truth)),
      );
    }
    case '==':
    case '!=':
      return equality(node, terms, (node.op === '==') === truth);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [compareAtoms(node, terms, truth)];
    case 'value':
      return node.args === truth ? [[]] : [];
    default:
      return fact(node, textOf(node), truth);
  }
}

/** Facts that exclude each other: a state and its opposite, two texts of one name, night and day. */
function disagree(facts: readonly (Atom & { type: 'fact' })[]): boolean {
  const isTrue = facts.filter(({ truth }) => truth).map((one) => one.fact);
  const names = isTrue.map((name) => name.split(' is ')).filter(({ length }) => length === 2);
  return (
    facts.some((one) => facts.some((other) => one.fact === other.fact && one.truth !== other.truth)) ||
    names.some(([name, text]) => names.some((other) => other[0] === name && other[1] !== text)) ||
    (isTrue.some((name) => name.startsWith('night(')) && isTrue.some((name) => name.startsWith('day(')))
  );
}

/** In one window the least is not above the mean, nor the mean above the greatest. */
function windowOrder(names: readonly string[]): readonly Constraint[] {
  const order = ['min', 'avg', 'max'];
  return names.flatMap((name) => {
    const [, called, rest] = /^(\w+)(\(.*\))$/.exec(name) ?? [];
    return order
      .slice(order.indexOf(called ?? '') + 1)
      .filter((greater) => order.includes(called ?? '') && names.includes(`${greater}${rest}`))
      .map((greater) => ({ linear: subtract(term(name), term(`${greater}${rest}`)), strict: false }));
  });
}

function rangeConstraints(name: string, terms: Terms): readonly Constraint[] {
  const [least, max] = rangeOf(name, terms);
  // With defaults, usual values are meant: what nobody knows the range of is not negative.
  const min = terms.defaults && least === Number.NEGATIVE_INFINITY ? 0 : least;
  return [
    ...(Number.isFinite(min) ? [{ linear: subtract(constant(min), term(name)), strict: false }] : []),
    ...(Number.isFinite(max) ? [{ linear: subtract(term(name), constant(max)), strict: false }] : []),
  ];
}

/** The terms of the sums of a case. */
export function termsIn(one: Case): readonly string[] {
  const sums = one.flatMap((atom) => (atom.type === 'sum' ? [...atom.sum.terms.keys()] : []));
  return [...new Set(sums)];
}

/** Values at which all of a case holds; undefined when it never does. `bounded`: within what terms can be. */
export function possible(one: Case, terms: Terms, bounded = true): Witness | undefined {
  const facts = one.filter((atom) => atom.type === 'fact');
  if (disagree(facts)) return undefined;
  const names = termsIn(one);
  const said = one.flatMap((atom): Constraint[] =>
    atom.type === 'sum' ? [{ linear: atom.sum, strict: atom.strict }] : [],
  );
  const ranges = bounded ? names.flatMap((name) => rangeConstraints(name, terms)) : [];
  return solve([...said, ...ranges, ...windowOrder(names)]);
}
