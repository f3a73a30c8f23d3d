import { parentPort, workerData } from 'node:worker_threads';
import { rulesForBacktest } from '../../rules/backtest/rule-sets.ts';
import { type Failure, failureOf } from './messages.ts';
import type { BacktestSources } from './order.ts';
import { type BacktestPlan, planOf } from './plan.ts';

/** Runs as a thread of its own: a whole library takes half a second to compile, in which nothing else would be done. */
function plan({ tested, against, inForce }: BacktestSources): BacktestPlan | Failure {
  try {
    return planOf(rulesForBacktest(tested, against, inForce));
  } catch (error) {
    return failureOf(error);
  }
}

parentPort?.postMessage(plan(workerData as BacktestSources));
