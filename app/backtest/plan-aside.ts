import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StewardError } from '../../model/codes.ts';
import type { Failure } from './messages.ts';
import type { BacktestSources } from './order.ts';
import type { BacktestPlan } from './plan.ts';

/**
 * Compiles the rules in a thread of their own and answers what must be fetched for them.
 *
 * @throws StewardError `rule_invalid` with every mistake.
 */
export async function planAside(sources: BacktestSources): Promise<BacktestPlan> {
  const thread = new Worker(new URL('./plan-thread.js', import.meta.url), { workerData: sources });
  try {
    const [answer] = (await once(thread, 'message')) as [BacktestPlan | Failure];
    if ('code' in answer) throw new StewardError(answer.code, answer.message);
    return answer;
  } finally {
    await thread.terminate();
  }
}
