import { allowedMs, type Joined, type JoinOptions } from './join.ts';

/** Figures of one rule, or of all. */
export interface Figures {
  /** Faults that were made, and of these how many had to be found and how many were. */
  readonly injected: number;
  readonly due: number;
  readonly found: number;
  /** Calls that were right, those that nothing explains, tickets beyond the first, and what another fault implies. */
  readonly right: number;
  readonly wrong: number;
  readonly duplicates: number;
  readonly implied: number;
  readonly delays_s: readonly number[];
  /** Of the delays: those within hold and two reporting intervals. */
  readonly in_time: number;
}

const NONE: Figures = {
  injected: 0,
  due: 0,
  found: 0,
  right: 0,
  wrong: 0,
  duplicates: 0,
  implied: 0,
  delays_s: [],
  in_time: 0,
};

export function sumOf(parts: Iterable<Figures>): Figures {
  let sum = NONE;
  for (const part of parts) {
    sum = {
      injected: sum.injected + part.injected,
      due: sum.due + part.due,
      found: sum.found + part.found,
      right: sum.right + part.right,
      wrong: sum.wrong + part.wrong,
      duplicates: sum.duplicates + part.duplicates,
      implied: sum.implied + part.implied,
      delays_s: [...sum.delays_s, ...part.delays_s],
      in_time: sum.in_time + part.in_time,
    };
  }
  return sum;
}

/** By rule. */
export function figuresOf({ faults, wrong, implied }: Joined, options: JoinOptions): Map<string, Figures> {
  const rules = new Map<string, Figures>();
  const add = (rule: string, more: Partial<Figures>): void => {
    rules.set(rule, sumOf([rules.get(rule) ?? NONE, { ...NONE, ...more }]));
  };
  for (const { truth, isDue, calls, duplicates, delay_s } of faults) {
    const isFound = calls.length > 0;
    add(truth.rule, {
      injected: 1,
      due: isDue ? 1 : 0,
      found: isDue && isFound ? 1 : 0,
      right: isFound ? 1 : 0,
      duplicates: duplicates.length,
      delays_s: delay_s === undefined ? [] : [delay_s],
      in_time: delay_s !== undefined && 1000 * delay_s <= allowedMs(options, truth) ? 1 : 0,
    });
  }
  for (const { rule } of wrong) add(rule, { wrong: 1 });
  for (const { rule } of implied) add(rule, { implied: 1 });
  return rules;
}

/** Of the faults that had to be found; null when there was none. */
export function recall({ due, found }: Figures): number | null {
  return due === 0 ? null : found / due;
}

/** Of the calls, but for implied ones: a second ticket of one fault is a wrong one. Null when there was none. */
export function precision({ right, wrong, duplicates }: Figures): number | null {
  const all = right + wrong + duplicates;
  return all === 0 ? null : right / all;
}

/** Nearest rank; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
