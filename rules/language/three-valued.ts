import type { Evaluate } from './context.ts';

// Kleene's logic on doubles: 1 true, 0 false, NaN unknown. Only NaN differs from itself.

export function not(a: Evaluate): Evaluate {
  return (c, t) => 1 - a(c, t);
}

/** False if either is false, even where the other is unknown. */
export function and(a: Evaluate, b: Evaluate): Evaluate {
  return (c, t) => {
    const left = a(c, t);
    if (left === 0) return 0;
    const right = b(c, t);
    return right === 0 ? 0 : left * right;
  };
}

/** True if either is true, even where the other is unknown. */
export function or(a: Evaluate, b: Evaluate): Evaluate {
  return (c, t) => {
    const left = a(c, t);
    if (left === 1) return 1;
    const right = b(c, t);
    return right === 1 ? 1 : left + right;
  };
}

type Comparison = (a: Evaluate, b: Evaluate) => Evaluate;

const comparison =
  (test: (x: number, y: number) => boolean): Comparison =>
  (a, b) =>
  (c, t) => {
    const x = a(c, t);
    const y = b(c, t);
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
    return test(x, y) ? 1 : 0;
  };

export const COMPARE: Readonly<Record<string, Comparison>> = {
  '<': comparison((x, y) => x < y),
  '<=': comparison((x, y) => x <= y),
  '>': comparison((x, y) => x > y),
  '>=': comparison((x, y) => x >= y),
  '==': comparison((x, y) => x === y),
  '!=': comparison((x, y) => x !== y),
};
