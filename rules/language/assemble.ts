import { compileFunction } from 'node:vm';
import type { Context, Evaluate } from './context.ts';
import { type Code, writeBody } from './emit.ts';
import { countedFromFirst, type Placed, type Share } from './shared-code.ts';

const BEGIN = 'const v = c.v, o = c.o;';
const BEGIN_COUNTED = 'const v = c.v, o = c.o, b = o + from;';

function functionOf(lines: readonly string[]): Evaluate {
  return compileFunction(lines.join('\n'), ['c', 't']) as Evaluate;
}

/** The function that answers what `code` does. */
export function assemble(code: Code): Evaluate {
  const { lines, result } = writeBody(code);
  return functionOf([
    BEGIN,
    'let w = c.wake, s = c.stale;',
    ...lines,
    'c.wake = w; c.stale = s;',
    `return ${result};`,
  ]);
}

/** Assembled when it is first called: most expressions only tell people why, once something fires. */
export function lazily(code: Code): Evaluate {
  let run: Evaluate | undefined;
  return (c: Context, t: number) => {
    run ??= assemble(code);
    return run(c, t);
  };
}

/** What ends the rest of a rule: one of its conditions true, or unknown where that counts. */
export type RestConditions = readonly { readonly code: Code; readonly unknownFires: boolean }[];

/** JavaScript: whether a condition with this truth ends the rest. */
const endsRest = (truth: string, unknownFires: boolean): string =>
  unknownFires ? `${truth} === 1 || ${truth} !== ${truth}` : `${truth} === 1`;

/**
 * Looks whether a rule that is at rest stays so: −1 when it does not; otherwise when to look again though no sample
 * comes. What grows stale meanwhile can only make conditions unknown, so it counts only where unknown does.
 */
export function assembleRest(conditions: RestConditions): Evaluate {
  const { lines } = writeBody((body) => {
    for (const { code, unknownFires } of conditions) {
      body.line(`if (${endsRest(code(body), unknownFires)}) return -1;`);
    }
    return '';
  });
  const answer = conditions.some(({ unknownFires }) => unknownFires) ? 's < w ? s : w' : 'w';
  return functionOf([BEGIN, 'let w = Infinity, s = Infinity;', ...lines, `return ${answer};`]);
}

/** A rule as `assembleLooks` sees it: its number among those of the lane, and its cell. */
export interface RestingRule {
  readonly rule: number;
  readonly cell: number;
  readonly conditions: RestConditions;
}

/**
 * Looks at several rules because of a sample: those that stay at rest are told when to look again, the others are
 * handed to `look`. Answers when the first of all is due. `from`: see Placed; `first`: number of the first rule.
 */
export type Looks = <State>(
  c: Context,
  t: number,
  from: number,
  first: number,
  state: State,
  look: (state: State, rule: number, t: number) => number,
) => number;

/**
 * In one function what rules have in common is computed once, and a sample costs one call and not one for each rule.
 * All that stay at rest are looked at again when the first of them must be: too early does no harm.
 */
export function assembleLooks(
  rules: readonly RestingRule[],
  share: Share,
): Placed<Looks> & { readonly first: number } {
  const first = rules[0]!.rule;
  const { lines } = writeBody((body) => {
    const ends = rules.map(({ conditions }) => {
      const truths = conditions.map(({ code, unknownFires }) => endsRest(body.set(code(body)), unknownFires));
      return body.set(truths.join(' || '));
    });
    body.line('if (s > w) s = w;');
    body.line('let next = Infinity, at;');
    for (const [i, { rule, cell, conditions }] of rules.entries()) {
      const rest = conditions.some(({ unknownFires }) => unknownFires) ? 's' : 'w';
      body.line(`if (${ends[i]} || v[o + ${cell}] < 0) at = look(state, first + ${rule - first}, t);`);
      body.line(`else v[o + ${cell}] = at = ${rest};`);
      body.line('if (at < next) next = at;');
    }
    return '';
  });
  const counted = countedFromFirst(lines);
  const run = share<Looks>(
    ['c', 't', 'from', 'first', 'state', 'look'],
    [BEGIN_COUNTED, 'let w = Infinity, s = Infinity;', ...counted.lines, 'return next;'],
  );
  return { run, from: counted.from, first };
}

export type Update = (c: Context, t: number, from: number) => void;

/** Statements that change cells of an asset because of a sample. */
export function assembleUpdate(code: Code, share: Share): Placed<Update> {
  const { lines, from } = countedFromFirst(writeBody(code).lines);
  const run = share<Update>(['c', 't', 'from'], [BEGIN_COUNTED, 'let w = Infinity, s = Infinity;', ...lines]);
  return { run, from };
}
