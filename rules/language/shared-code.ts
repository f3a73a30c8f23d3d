import { compileFunction } from 'node:vm';
import { HEADER_CELLS } from './cells.ts';

/** Makes a function of its parameters and lines; of equal ones the same function. */
export type Share = <F>(parameters: readonly string[], lines: readonly string[]) => F;

/**
 * Rules often say of one metric what others say of another. If they are one function the processor keeps its code at hand,
 * and V8 knows what is called. `scope`: what the functions may use, by name.
 */
export function createShare(scope: Readonly<Record<string, unknown>> = {}): Share {
  const known = new Map<string, unknown>();
  return <F>(parameters: readonly string[], lines: readonly string[]) => {
    const text = `return (${parameters.join()}) => {\n${lines.join('\n')}\n};`;
    const made = known.get(text) ?? compileFunction(text, Object.keys(scope))(...Object.values(scope));
    known.set(text, made);
    return made as F;
  };
}

/** A function, and the first cell of an asset that it is about this time. */
export interface Placed<F> {
  readonly run: F;
  readonly from: number;
}

/**
 * Lines that name cells by their distance from the first that they name behind the header, which begins at `b`: so
 * those for two metrics are equal. Answers that first cell as well; −1 when there is none.
 */
export function countedFromFirst(lines: readonly string[]): {
  readonly lines: readonly string[];
  readonly from: number;
} {
  const cell = /\bo \+ (\d+)\b/g;
  const named = lines.flatMap((line) => [...line.matchAll(cell)].map(([, number]) => Number(number)));
  const own = named.filter((number) => number >= HEADER_CELLS);
  if (own.length === 0) return { lines, from: -1 };
  const from = Math.min(...own);
  const counted = (whole: string, number: string): string =>
    Number(number) < HEADER_CELLS ? whole : `b + ${Number(number) - from}`;
  return { lines: lines.map((line) => line.replace(cell, counted)), from };
}
