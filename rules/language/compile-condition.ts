import { compileExpression } from './compile.ts';
import { parseDuration } from './duration.ts';
import { boolPiece, type Compiler, type Numeric } from './piece.ts';
import type { CompiledRule, Lane, LaneKey } from './rule.ts';

/** Where compiled rules go and mistakes are noted: keys below the rule, offset in the text, what is wrong. */
export interface RuleSink {
  lane(key: LaneKey): Lane & { readonly rules: CompiledRule[] };
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
): Numeric {
  const result = compileExpression(k, text, 'bool');
  if ('mistakes' in result) {
    for (const { at, message } of result.mistakes) sink.mistake(keys, at, message);
    return boolPiece(() => 'NaN');
  }
  return result as Numeric;
}
