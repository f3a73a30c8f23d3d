import type { ASTNode } from '@marcbachmann/cel-js';
import type { RuleSink } from './compile-condition.ts';
import { type Expanded, expand, type Known, type Span, spotOf, writtenAs } from './expand.ts';
import { nodeText, reads } from './node-text.ts';
import type { RuleEntry } from './schema.ts';

const inBraces = (text: string): readonly Span[] =>
  [...text.matchAll(/\{[^{}]*\}/g)].map(({ 0: inner, index }) => [index, index + inner.length]);

/** A name may use those before it; one that nothing reads, or that means something already, is a mistake. */
function knownNames(
  entry: RuleEntry,
  isTaken: (name: string) => boolean,
  mistake: RuleSink['mistake'],
): Known {
  const known = new Map<string, Expanded>();
  for (const [name, text] of Object.entries(entry.let)) {
    if (isTaken(name)) mistake(['let', name], 0, `"${name}" means something already: choose another name`);
    else known.set(name, expand(text, ['let', name], known));
  }
  const { when, clear, urgent, words, ticket } = entry;
  const texts = [when, clear, urgent?.when, words, ticket.proof?.healthy, ...Object.values(entry.let)];
  for (const name of known.keys()) {
    if (!reads(texts.join('\n'), name)) mistake(['let', name], 0, `nothing reads "${name}"`);
  }
  return known;
}

/** Those that the text reads, itself or by another. */
function readBy(text: string, known: Known): readonly (readonly [string, Expanded])[] {
  let all = text;
  // A name can only be used by those behind it.
  return [...known]
    .reverse()
    .filter(([name, { written }]) => {
      if (!reads(all, name)) return false;
      all += `\n${written}`;
      return true;
    })
    .reverse();
}

/** A name of a `let`. */
export interface Let {
  readonly name: string;
  /** What it means, with nothing but names that all rules know. */
  readonly text: string;
}

/** A rule without the names of its `let`. */
export interface Plain {
  readonly entry: RuleEntry;
  /** Tells mistakes where they were written, each once. */
  readonly sink: RuleSink;
  /** The names that `when` reads. */
  readonly lets: readonly Let[];
  /** How a part of one of its expressions was written. */
  written(node: Pick<ASTNode, 'input' | 'start' | 'end'>): string;
}

/** Replaces the names of the rule's `let` by what they mean. `isTaken`: whether a name means something without it. */
export function withoutLets(entry: RuleEntry, isTaken: (name: string) => boolean, sink: RuleSink): Plain {
  const known = knownNames(entry, isTaken, sink.mistake);
  const expanded = new Map([...known.values()].map((one) => [one.keys.join(), one]));
  const meant = (keys: readonly string[], text: string, expressions?: readonly Span[]): string => {
    const made = expand(text, keys, known, expressions);
    expanded.set(keys.join(), made);
    return made.text;
  };
  const { when, clear, urgent, words, ticket } = entry;
  const { proof } = ticket;
  const healthy = proof?.healthy && meant(['ticket', 'proof', 'healthy'], proof.healthy);
  const plain: RuleEntry = {
    ...entry,
    when: when && meant(['when'], when),
    clear: clear && meant(['clear'], clear),
    urgent: urgent && { ...urgent, when: meant(['urgent', 'when'], urgent.when) },
    words: words && meant(['words'], words, inBraces(words)),
    ticket: { ...ticket, proof: proof && { ...proof, healthy } },
  };
  const byText = new Map([...expanded.values()].map((one) => [one.text, one]));
  const told = new Set<string>();
  return {
    entry: plain,
    lets: readBy(when ?? '', known).map(([name, { text }]) => ({ name, text })),
    written: (node) => {
      const source = byText.get(node.input);
      return source ? writtenAs(source, node.start, node.end) : nodeText(node);
    },
    sink: {
      ...sink,
      mistake: (keys, at, message) => {
        const source = expanded.get(keys.join());
        const spot = source ? spotOf(source, at) : { keys, at };
        const key = JSON.stringify([spot, message]);
        if (told.has(key)) return;
        told.add(key);
        sink.mistake(spot.keys, spot.at, message);
      },
    },
  };
}
