import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import { isConstantZero, rangeOf, sumOf, type Terms, textOf } from './atoms.ts';
import { type Case, casesOf, possible, termsIn } from './cases.ts';
import { checkExpression, childrenOf, type ExpressionMistake } from './cel.ts';
import type { Witness } from './linear.ts';
import type { Parameter } from './parameters.ts';
import { formatNumber } from './template.ts';

/** Conditions of a rule as written, by the keys under which they stand. */
export interface Condition {
  readonly keys: readonly (string | number)[];
  readonly text: string;
  /** What is wrong when it is never true. */
  readonly never: string;
}

export type Tell = (keys: readonly (string | number)[], mistake: ExpressionMistake) => void;

function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function divisionByZero(ast: ASTNode, terms: Terms): ExpressionMistake | undefined {
  for (const node of nodesOf(ast)) {
    if (node.op === '/' && isConstantZero(sumOf(node.args[1], terms))) {
      return { at: node.args[1].start, message: `${textOf(node)} divides by zero` };
    }
  }
  return undefined;
}

/** What terms can be, for people: "battery_pct is 0 to 100 %". */
function rangesText(one: Case, terms: Terms): string {
  const texts = termsIn(one).flatMap((name) => {
    const [min, max] = rangeOf(name, terms);
    const unit = metricsOf(terms.kind).get(name)?.unit;
    if (!Number.isFinite(min) && !Number.isFinite(max)) return [];
    const range = Number.isFinite(max) ? `${min} to ${max}` : `at least ${min}`;
    return [`${name} is ${range}${unit ? ` ${unit}` : ''}`];
  });
  return texts.length > 0 ? `: ${texts.join(', ')}` : '';
}

/** The first two statements of a case that exclude each other. */
function contradiction(one: Case, terms: Terms): ExpressionMistake | undefined {
  for (const [i, atom] of one.entries()) {
    const other = one.slice(0, i).find((before) => !possible([before, atom], terms));
    if (other && other.node !== atom.node) {
      return { at: atom.node.start, message: `${textOf(atom.node)} contradicts ${textOf(other.node)}` };
    }
  }
  return undefined;
}

function neverTrue(ast: ASTNode, terms: Terms, never: string): ExpressionMistake | undefined {
  const cases = casesOf(ast, terms);
  if (!cases) return undefined;
  // A statement that cannot be true by itself is a mistake wherever it stands.
  for (const one of cases) {
    for (const atom of one) {
      if (!possible([atom], terms)) {
        return {
          at: atom.node.start,
          message: `${textOf(atom.node)} is never true${rangesText([atom], terms)}`,
        };
      }
    }
  }
  if (cases.some((one) => possible(one, terms))) return undefined;
  const why = cases.map((one) => contradiction(one, terms)).find((found) => found !== undefined);
  return { at: why?.at ?? 0, message: why ? `${never}: ${why.message}` : never };
}

function witnessText(witness: Witness, one: Case): string {
  const values = [...witness].map(([name, value]) => `${name} = ${formatNumber(value)}`);
  const facts = one.flatMap((atom) =>
    atom.type === 'fact' ? [`${atom.truth ? '' : 'not '}${atom.fact}`] : [],
  );
  return [...new Set([...facts, ...values])].join(', ');
}

/**
 * Where `when` and `clear` are both true. Only cases that speak of the same things are compared: that other things
 * clear a fault is no mistake, and then `clear` wins.
 */
function bothTrue(when: ASTNode, clear: ASTNode, terms: Terms): string | undefined {
  const named = (one: Case): readonly string[] => [
    ...termsIn(one),
    ...one.flatMap((atom) => (atom.type === 'fact' ? [atom.fact.split(' is ')[0]!] : [])),
  ];
  const within = (a: readonly string[], b: readonly string[]): boolean => a.every((name) => b.includes(name));
  for (const one of casesOf(when, terms) ?? []) {
    for (const other of casesOf(clear, terms) ?? []) {
      const [a, b] = [named(one), named(other)];
      if (!within(a, b) && !within(b, a)) continue;
      const witness = possible([...one, ...other], terms);
      if (witness) return witnessText(witness, [...one, ...other]);
    }
  }
  return undefined;
}

/**
 * Finds what can be parsed and typed and still makes no sense: conditions that can never be true, division by zero, a
 * `clear` that is true together with `when`. The first condition is `when`; `clear` is the one under that key.
 */
export function checkSense(
  conditions: readonly Condition[],
  kind: Kind,
  parameters: ReadonlyMap<string, Parameter>,
  tell: Tell,
): void {
  const free: Terms = { kind, parameters, defaults: false };
  const asts = conditions.map(({ text }) => {
    const checked = checkExpression(text, kind, [...parameters.keys()]);
    return 'ast' in checked ? checked.ast : undefined;
  });
  let isSound = true;
  for (const [i, { keys, never }] of conditions.entries()) {
    const ast = asts[i];
    const mistake = ast && (divisionByZero(ast, free) ?? neverTrue(ast, free, never));
    if (mistake) tell(keys, mistake);
    if (!ast || mistake) isSound = false;
  }
  const clear = conditions.findIndex(({ keys }) => keys[0] === 'clear');
  if (!isSound || clear < 0) return;
  const where = bothTrue(asts[0]!, asts[clear]!, { ...free, defaults: true });
  if (where !== undefined) {
    tell(['clear'], { at: 0, message: `"when" and "clear" are both true where ${where || 'anything is'}` });
  }
}
