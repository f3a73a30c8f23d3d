import { compileFunction } from 'node:vm';
import type { Context, Evaluate } from './context.ts';
import { type Code, writeBody } from './emit.ts';

const BEGIN = 'const v = c.v, o = c.o;';

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

/**
 * Looks whether a rule that is at rest stays so: −1 when one of the conditions is true, or unknown where that counts;
 * otherwise when to look again though no sample comes. What grows stale meanwhile can only make conditions unknown,
 * so it counts only where unknown does.
 */
export function assembleRest(
  conditions: readonly { readonly code: Code; readonly unknownFires: boolean }[],
): Evaluate {
  const { lines } = writeBody((body) => {
    for (const { code, unknownFires } of conditions) {
      const truth = code(body);
      body.line(`if (${truth} === 1${unknownFires ? ` || ${truth} !== ${truth}` : ''}) return -1;`);
    }
    return '';
  });
  const answer = conditions.some(({ unknownFires }) => unknownFires) ? 's < w ? s : w' : 'w';
  return functionOf([BEGIN, 'let w = Infinity, s = Infinity;', ...lines, `return ${answer};`]);
}
