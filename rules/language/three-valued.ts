import type { Code } from './emit.ts';

// Kleene's logic on doubles: 1 true, 0 false, NaN unknown. Only NaN differs from itself.

export function not(a: Code): Code {
  return (body) => body.set(`1 - ${a(body)}`);
}

/** False if either is false, even where the other is unknown. */
export function and(a: Code, b: Code): Code {
  return (body) => {
    const truth = body.set(a(body));
    body.when(`${truth} !== 0`, () => {
      const right = b(body);
      body.line(`${truth} = ${right} === 0 ? 0 : ${truth} * ${right};`);
    });
    return truth;
  };
}

/** True if either is true, even where the other is unknown. */
export function or(a: Code, b: Code): Code {
  return (body) => {
    const truth = body.set(a(body));
    body.when(`${truth} !== 1`, () => {
      const right = b(body);
      body.line(`${truth} = ${right} === 1 ? 1 : ${truth} + ${right};`);
    });
    return truth;
  };
}

type Comparison = (a: Code, b: Code) => Code;

// Where neither a test nor its opposite holds, one side is unknown.
const comparison =
  (test: string, opposite: string): Comparison =>
  (a, b) =>
  (body) => {
    const [x, y] = [a(body), b(body)];
    return body.set(`${x} ${test} ${y} ? 1 : ${x} ${opposite} ${y} ? 0 : NaN`);
  };

const equality =
  (equal: number): Comparison =>
  (a, b) =>
  (body) => {
    const [x, y] = [a(body), b(body)];
    return body.set(`${x} === ${y} ? ${equal} : ${x} < ${y} || ${x} > ${y} ? ${1 - equal} : NaN`);
  };

export const COMPARE: Readonly<Record<string, Comparison>> = {
  '<': comparison('<', '>='),
  '<=': comparison('<=', '>'),
  '>': comparison('>', '<='),
  '>=': comparison('>=', '<'),
  '==': equality(1),
  '!=': equality(0),
};
