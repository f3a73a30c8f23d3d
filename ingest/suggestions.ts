import { didYouMean } from '../model/suggest.ts';

const REMEMBERED = 1_000;
const LONGEST_WORD = 64;

/**
 * ` (did you mean "x"?)`, remembered: a device that is wrong is wrong in every message, and looking for what it meant
 * costs more than all the rest of the way.
 */
export function suggestions(): (group: string, word: string, known: () => Iterable<string>) => string {
  const remembered = new Map<string, string>();
  return (group, word, known) => {
    if (word.length > LONGEST_WORD) return '';
    const key = `${group} ${word}`;
    const before = remembered.get(key);
    if (before !== undefined) return before;
    if (remembered.size >= REMEMBERED) remembered.clear();
    const hint = didYouMean(word, known());
    remembered.set(key, hint);
    return hint;
  };
}
