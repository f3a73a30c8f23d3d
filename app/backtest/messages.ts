import type { Code } from '../../model/codes.ts';
import type { ReplayProgress, Slice } from '../../rules/backtest/replay.ts';
import type { BacktestReport } from '../../rules/backtest/report.ts';

/** What the thread says. */
export type FromThread =
  | { readonly type: 'next' }
  | { readonly type: 'progress'; readonly progress: ReplayProgress }
  | { readonly type: 'done'; readonly report: BacktestReport }
  | { readonly type: 'failed'; readonly code: Code; readonly message: string };

/** What it gets: the order as its data, then an answer to each `next`; undefined = that was all. */
export type ToThread = Slice | undefined;
