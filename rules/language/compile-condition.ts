import { compileExpression } from './compile.ts';
import type { Evaluate } from './context.ts';
import { parseDuration } from './duration.ts';
import type { Compiler, Piece } from './piece.ts';
import type { CompiledRule, Lane } from './rule.ts';

/** Where compiled rules go and mistakes are noted: keys below the rule, offset in the text, what is wrong. */
export interface RuleSink {
  lane(key: Pick<Lane, 'kind' | 'lateness_ms' | 'clock_skew_ms'>): Lane & { readonly rules: CompiledRule[] };
  mistake(keys: readonly (string | number)[], at: number, message: string): void;
}

// The schema has checked that durations parse.
export const msOf = (text: string): number => parseDuration(text) ?? 0;

/** Compiles a text that must be true or false; notes mistakes and then answers "unknown". */
export function compileCondition(
  k: Compiler,
  sink: RuleSink,
  keys: readonly (string | number)[],
  text: string,
): Evaluate {
  const result = compileExpression(k, text, 'bool');
  if ('mistakes' in result) {
    for (const { at, message } of result.mistakes) sink.mistake(keys, at, message);
    return () => Number.NaN;
  }
  return (result as Piece & { type: 'bool' }).run;
}
