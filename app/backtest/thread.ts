import { parentPort, workerData } from 'node:worker_threads';
import { directoryOf } from '../../model/directory.ts';
import type { Slice } from '../../rules/backtest/replay.ts';
import { backtest } from '../../rules/backtest/report.ts';
import { rulesForBacktest } from '../../rules/backtest/rule-sets.ts';
import { type FromThread, failureOf, type ToThread } from './messages.ts';
import type { BacktestOrder } from './order.ts';

/** Runs as a thread of its own: evaluates what it is given, so that whoever reads the store goes on undisturbed. */
if (parentPort === null) throw new Error('this file runs as a thread');
const port = parentPort;
const say = (message: FromThread): void => port.postMessage(message);

async function* slices(): AsyncGenerator<Slice> {
  for (;;) {
    const arrived = new Promise<ToThread>((resolve) => port.once('message', resolve));
    say({ type: 'next' });
    const slice = await arrived;
    if (slice === undefined) return;
    yield slice;
  }
}

const { sources, sites, ...order } = workerData as BacktestOrder;
try {
  const report = await backtest({
    ...order,
    ...rulesForBacktest(sources.tested, sources.against, sources.inForce),
    directory: directoryOf(sites),
    slices: slices(),
    now: () => performance.now(),
    onProgress: (progress) => say({ type: 'progress', progress }),
  });
  say({ type: 'done', report });
} catch (error) {
  say({ type: 'failed', ...failureOf(error) });
}
// Nothing more is expected; an open port would keep the thread alive.
port.close();
