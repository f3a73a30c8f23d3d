import { Worker } from 'node:worker_threads';
import { StewardError } from '../../model/codes.ts';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import type { ReplayProgress, Slice } from '../../rules/backtest/replay.ts';
import { reportView } from '../../rules/backtest/view.ts';
import type { SeriesScan } from '../../store/series/contract.ts';
import type { FromThread } from './messages.ts';
import type { BacktestOrder } from './order.ts';
import type { BacktestPlan } from './plan.ts';
import { storedSlices } from './slices.ts';

export interface RunOptions {
  /** Ends the work; what was to come rejects with the signal's reason. */
  readonly signal: AbortSignal;
  onProgress(progress: ReplayProgress): void;
}

/** The memory of the columns goes over to the thread instead of being copied. */
function buffersOf({ blocks }: Slice): ArrayBuffer[] {
  return blocks.flatMap(({ columns: { starts, ts, values } }) =>
    [starts, ts, ...values].map(({ buffer }) => buffer as ArrayBuffer),
  );
}

/**
 * Runs a backtest on what is stored. The rules are evaluated in a thread of their own; this one only fetches, the next
 * slice while the thread is busy with the last. The plan is that of the order's sources.
 *
 * @throws StewardError `series_unavailable`, `internal`.
 */
export async function runBacktest(
  order: BacktestOrder,
  { wanted }: BacktestPlan,
  series: SeriesScan,
  { signal, onProgress }: RunOptions,
): Promise<BacktestReportView> {
  const started = performance.now();
  const slices = storedSlices({ series, wanted, begin: order.begin, to: order.to });
  signal.throwIfAborted();
  const thread = new Worker(new URL('./thread.js', import.meta.url), {
    workerData: order,
    // The engine's short-lived objects: with a small nursery they are copied many times before they die.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  let ahead = slices.next();
  ahead.catch(() => {});
  try {
    const report = await new Promise<BacktestReportView>((resolve, reject) => {
      const give = async (): Promise<void> => {
        const { value, done } = await ahead;
        if (done) {
          thread.postMessage(undefined);
          return;
        }
        thread.postMessage(value, buffersOf(value));
        ahead = slices.next();
        ahead.catch(() => {});
      };
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      thread.on('error', reject);
      thread.on('exit', (code) =>
        reject(new StewardError('internal', `the backtest's thread ended: ${code}`)),
      );
      thread.on('message', (said: FromThread) => {
        if (said.type === 'next') give().catch(reject);
        else if (said.type === 'progress') onProgress(said.progress);
        else if (said.type === 'failed') reject(new StewardError(said.code, said.message));
        else resolve(reportView(said.report, performance.now() - started));
      });
    });
    return report;
  } finally {
    // Whoever closes the store next must not find a query still running.
    await Promise.allSettled([thread.terminate(), ahead]);
  }
}
