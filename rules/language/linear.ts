/** A sum of terms, each with its factor, and a constant. Terms are named by their text. */
export interface Linear {
  readonly terms: ReadonlyMap<string, number>;
  readonly constant: number;
}

/** `linear` < 0, or ≤ 0 where it is not strict. */
export interface Constraint {
  readonly linear: Linear;
  readonly strict: boolean;
}

/** Values of terms. */
export type Witness = ReadonlyMap<string, number>;

/** More constraints than this are not decided: then a solution is assumed. */
const MOST_CONSTRAINTS = 1_500;
/** Sums of decimal fractions differ in the last digits. */
const TINY = 1e-9;

export const constant = (value: number): Linear => ({ terms: new Map(), constant: value });
export const term = (name: string): Linear => ({ terms: new Map([[name, 1]]), constant: 0 });
export const isConstant = ({ terms }: Linear): boolean => terms.size === 0;

export function scale({ terms, constant: k }: Linear, by: number): Linear {
  if (by === 0) return constant(0);
  return { terms: new Map([...terms].map(([name, factor]) => [name, factor * by])), constant: k * by };
}

export function add(a: Linear, b: Linear): Linear {
  const terms = new Map(a.terms);
  for (const [name, factor] of b.terms) {
    const sum = (terms.get(name) ?? 0) + factor;
    if (Math.abs(sum) < TINY) terms.delete(name);
    else terms.set(name, sum);
  }
  return { terms, constant: a.constant + b.constant };
}

export const subtract = (a: Linear, b: Linear): Linear => add(a, scale(b, -1));

const holds = ({ linear: { constant: k }, strict }: Constraint): boolean => (strict ? k < -TINY : k <= TINY);

function worth({ terms, constant: k }: Linear, witness: Witness, except: string): number {
  let value = k;
  for (const [name, factor] of terms) if (name !== except) value += factor * (witness.get(name) ?? 0);
  return value;
}

/** A value of `name` between what the constraints on it leave, the other terms being known. */
function between(name: string, constraints: readonly Constraint[], witness: Witness): number {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { linear } of constraints) {
    const factor = linear.terms.get(name)!;
    const bound = -worth(linear, witness, name) / factor;
    if (factor > 0) high = Math.min(high, bound);
    else low = Math.max(low, bound);
  }
  if (Number.isFinite(low) && Number.isFinite(high)) return (low + high) / 2;
  if (Number.isFinite(low)) return low + 1;
  return Number.isFinite(high) ? high - 1 : 0;
}

/**
 * Values at which all constraints hold, or undefined when there are none: Fourier–Motzkin elimination, one term after
 * another.
 */
export function solve(constraints: readonly Constraint[]): Witness | undefined {
  if (constraints.length > MOST_CONSTRAINTS) return new Map();
  const name = constraints.flatMap(({ linear }) => [...linear.terms.keys()])[0];
  if (name === undefined) return constraints.every(holds) ? new Map() : undefined;
  const [upper, lower, rest]: [Constraint[], Constraint[], Constraint[]] = [[], [], []];
  for (const one of constraints) {
    const factor = one.linear.terms.get(name);
    (factor === undefined ? rest : factor > 0 ? upper : lower).push(one);
  }
  const joined = upper.flatMap((u) =>
    lower.map((l): Constraint => {
      const [up, down] = [u.linear.terms.get(name)!, -l.linear.terms.get(name)!];
      const { terms, constant: k } = add(scale(u.linear, 1 / up), scale(l.linear, 1 / down));
      return {
        linear: { terms: new Map([...terms].filter(([other]) => other !== name)), constant: k },
        strict: u.strict || l.strict,
      };
    }),
  );
  const others = solve([...rest, ...joined]);
  return others && new Map([...others, [name, between(name, [...upper, ...lower], others)]]);
}
