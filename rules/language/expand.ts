import { partOf, QUOTED } from './node-text.ts';

export type Keys = readonly (string | number)[];

/** A text in which names stand for what they mean. */
export interface Expanded {
  /** Where it stands in the rule, and what is written there. */
  readonly keys: Keys;
  readonly written: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** What lies side by side in an expanded text, up to `end`: as it is written from `at` on, or a name's meaning. */
interface Piece {
  readonly begin: number;
  readonly end: number;
  readonly at: number;
  readonly name: string;
  readonly meaning: Expanded | undefined;
}

export type Known = ReadonlyMap<string, Expanded>;

/** Texts, which are left as they are, and names that are no functions. */
const TOKENS = new RegExp(String.raw`${QUOTED}|\b[A-Za-z_]\w*\b(?!\s*\()`, 'g');

/** Offsets of a text: from, and to before. */
export type Span = readonly [from: number, to: number];

/** Puts what known names mean, in parentheses, in their place. `expressions`: where they are looked for. */
export function expand(
  written: string,
  keys: Keys,
  known: Known,
  expressions: readonly Span[] = [[0, written.length]],
): Expanded {
  const pieces: Piece[] = [];
  let text = '';
  const add = (more: string, at: number, name = '', meaning?: Expanded): void => {
    pieces.push({ begin: text.length, end: text.length + more.length, at, name, meaning });
    text += more;
  };
  let from = 0;
  const names = expressions.flatMap(([begin, end]) =>
    [...written.slice(begin, end).matchAll(TOKENS)].map(({ 0: name, index }) => ({
      name,
      at: begin + index,
    })),
  );
  for (const { name, at } of names) {
    const meaning = known.get(name);
    if (!meaning) continue;
    add(written.slice(from, at), from);
    add(`(${meaning.text})`, at, name, meaning);
    from = at + name.length;
  }
  add(written.slice(from), from);
  return { keys, written, text, pieces };
}

const pieceAt = ({ pieces }: Expanded, at: number): Piece =>
  pieces.find(({ end }) => at < end) ?? pieces.at(-1)!;

/** Where the character at an offset was written. */
export function spotOf(expanded: Expanded, offset: number): { readonly keys: Keys; readonly at: number } {
  const { begin, at, meaning } = pieceAt(expanded, offset);
  if (meaning) return spotOf(meaning, Math.max(0, offset - begin - 1));
  return { keys: expanded.keys, at: at + offset - begin };
}

/** How a part of an expanded text was written: with the names that it has there. */
export function writtenAs(expanded: Expanded, start: number, end: number): string {
  const [first, last] = [pieceAt(expanded, start), pieceAt(expanded, end - 1)];
  const { meaning, begin } = first;
  if (first === last && meaning) {
    const [from, to] = [start - begin - 1, end - begin - 1];
    return from <= 0 && to >= meaning.text.length ? first.name : writtenAs(meaning, from, to);
  }
  const from = meaning ? first.at : first.at + start - begin;
  const to = last.meaning ? last.at + last.name.length : last.at + end - last.begin;
  return partOf(expanded.written, from, to);
}
