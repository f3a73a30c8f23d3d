/**
 * JavaScript of an expression, made from whitelisted nodes only: statements go into a body, the answer is the name of
 * a variable or a literal. In scope: `c` the context, `t` event time, `v` memory, `o` where the asset's cells begin,
 * `w` and `s` the wakes by clock and by staleness so far.
 */
export type Code = (body: Body) => string;

export interface Body {
  line(statement: string): void;
  /** A new variable with this value. */
  set(expression: string): string;
  /** What `code` answers, computed once though asked for often. */
  once(key: string, code: () => string): string;
  /** Statements that run only when the condition is met. */
  when(condition: string, then: () => void): void;
}

/** Numbers as they are, so that nothing but a number can come of them. */
export function literal(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(${String(value)})` : String(value);
}

export function writeBody(code: Code): { readonly lines: readonly string[]; readonly result: string } {
  const lines: string[] = [];
  let names = 0;
  // What was computed inside a condition is not there after it.
  let known = new Map<string, string>();
  const body: Body = {
    line: (statement) => lines.push(statement),
    set: (expression) => {
      const name = `x${names++}`;
      lines.push(`let ${name} = ${expression};`);
      return name;
    },
    once: (key, compute) => {
      const name = known.get(key) ?? compute();
      known.set(key, name);
      return name;
    },
    when: (condition, then) => {
      lines.push(`if (${condition}) {`);
      const outer = known;
      known = new Map(outer);
      then();
      known = outer;
      lines.push('}');
    },
  };
  const result = code(body);
  return { lines, result };
}
