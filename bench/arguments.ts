/** The number after a flag such as `--minutes`, above 0. */
export function numberAfter(args: readonly string[], flag: string, otherwise: number): number {
  const at = args.indexOf(flag);
  const value = at === -1 ? otherwise : Number(args[at + 1]);
  if (!(value > 0)) throw new Error(`${flag} takes a number above 0`);
  return value;
}

/** One of the words that may stand after a flag; the first when the flag is not there. */
export function wordAfter<const W extends string>(
  args: readonly string[],
  flag: string,
  words: readonly [W, ...W[]],
): W {
  const at = args.indexOf(flag);
  if (at === -1) return words[0];
  const word = words.find((each) => each === args[at + 1]);
  if (word === undefined) throw new Error(`${flag} takes ${words.join(' or ')}`);
  return word;
}
