/** Times in which nobody listened, as pairs of from and to, in their order: epoch milliseconds, −∞ for ever before. */
export type Deaf = Float64Array;

/** Kept apart; older ones become one with the time before them, which can only make a silence shorter. */
const MOST_GAPS = 100;

export const deafUntil = (upSince: number): Deaf => Float64Array.of(Number.NEGATIVE_INFINITY, upSince);

/** Also deaf between these times. */
export function deafAlso(deaf: Deaf, from: number, to: number): Deaf {
  if (!(to > from)) return deaf;
  const all = Float64Array.of(...deaf, from, to);
  if (all.length <= 2 * MOST_GAPS) return all;
  const kept = all.subarray(2);
  kept[0] = Number.NEGATIVE_INFINITY;
  return kept;
}

/** When somebody will have listened for `ms` since `from`; NaN when one of them is unknown. */
export function afterListening(deaf: Deaf, from: number, ms: number): number {
  let due = from + ms;
  // Nearly always: who was heard since the last start asks of no time before it.
  if (deaf.at(-1)! <= from) return due;
  for (let i = 0; i < deaf.length; i += 2) {
    const begun = Math.max(deaf[i]!, from);
    const ended = deaf[i + 1]!;
    if (ended > begun && begun < due) due += ended - begun;
  }
  return due;
}
