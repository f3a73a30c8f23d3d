import { type Code, StewardError } from '../../model/codes.ts';
import type { ReplayProgress, Slice } from '../../rules/backtest/replay.ts';
import type { BacktestReport } from '../../rules/backtest/report.ts';

/** An error as data: a thread's own would lose its code. */
export interface Failure {
  readonly code: Code;
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof StewardError) return { code: error.code, message: error.message };
  return { code: 'internal', message: String((error as Error)?.stack ?? error) };
}

/** What the thread says. */
export type FromThread =
  | { readonly type: 'next' }
  | { readonly type: 'progress'; readonly progress: ReplayProgress }
  | { readonly type: 'done'; readonly report: BacktestReport }
  | ({ readonly type: 'failed' } & Failure);

/** What it gets: the order as its data, then an answer to each `next`; undefined = that was all. */
export type ToThread = Slice | undefined;
