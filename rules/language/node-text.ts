import type { ASTNode } from '@marcbachmann/cel-js';

/** A regular expression for a text within an expression: nothing in it is a name or a parenthesis. */
export const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;

/** Whether a name stands in a text. */
export const reads = (text: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);

const PARENTHESES = new RegExp(`${QUOTED}|[()]`, 'g');

/** Parentheses that a part of an expression lacks on its left and on its right; those within texts are none. */
function lacking(text: string): { left: number; right: number } {
  let [depth, least] = [0, 0];
  for (const [token] of text.matchAll(PARENTHESES)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    least = Math.min(least, depth);
  }
  return { left: -least, right: depth - least };
}

/** A part of an expression with the parentheses that belong to it: the parser's places leave the outer ones out. */
export function partOf(input: string, start: number, end: number): string {
  let [from, to] = [start, end];
  const { left, right } = lacking(input.slice(start, end));
  for (let i = 0; i < left && from >= 0; i++) from = input.lastIndexOf('(', from - 1);
  for (let i = 0; i < right && to > 0; i++) to = input.indexOf(')', to) + 1;
  return from < 0 || to === 0 ? input.slice(start, end) : input.slice(from, to);
}

export const nodeText = ({ input, start, end }: Pick<ASTNode, 'input' | 'start' | 'end'>): string =>
  partOf(input, start, end);
