import { type CompiledRule, FLAPPING_MOST } from '../language/rule.ts';
import { dueOf } from './hold.ts';
import { ENDS, FLAPS, KEEP } from './progress.ts';

/**
 * A fault that comes and goes is one fault that flaps, not many: once it would end too often within the rule's
 * window it goes on, until it has been well for the whole window. `p`: the rule's row.
 */

/** How long it must be well before it ends, ms. */
export function quietFor({ keep_ms, flapping }: CompiledRule, v: Float64Array, p: number): number {
  return v[p + FLAPS]! > 0 ? Math.max(keep_ms, flapping.within_ms) : keep_ms;
}

/** It would end at t, which is kept in mind. Answers whether that is once too often: from now on it flaps. */
export function beginsToFlap({ flapping }: CompiledRule, v: Float64Array, p: number, t: number): boolean {
  const { times, within_ms } = flapping;
  if (within_ms === 0 || v[p + FLAPS]! > 0) return false;
  const oldest = v[p + ENDS + times - 2]!;
  v.copyWithin(p + ENDS + 1, p + ENDS, p + ENDS + times - 2);
  v[p + ENDS] = t;
  if (oldest <= t - within_ms) return false;
  v[p + FLAPS] = times;
  return true;
}

/** It is ill at t: counts where it flaps and was well for as long as would have ended it otherwise. */
export function noteRelapse({ keep_ms }: CompiledRule, v: Float64Array, p: number, t: number): void {
  if (v[p + FLAPS]! > 0 && dueOf(v, p + KEEP, keep_ms) <= t) v[p + FLAPS]!++;
}

/** It has ended; what flapped begins anew. */
export function endFlapping(v: Float64Array, p: number): void {
  if (v[p + FLAPS] === 0) return;
  v[p + FLAPS] = 0;
  v.fill(Number.NEGATIVE_INFINITY, p + ENDS, p + ENDS + FLAPPING_MOST - 1);
}
