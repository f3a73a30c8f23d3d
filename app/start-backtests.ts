import type { BacktestPort } from '../api/ports.ts';
import { systemClock } from '../model/clock.ts';
import { createBacktestJobs } from './backtest/jobs.ts';
import { prepareBacktest } from './backtest/prepare.ts';
import type { Closing } from './closing.ts';
import type { House } from './house.ts';
import type { RuleFile } from './rule-files.ts';

/** Backtests beside everything else, on the series that is being written. */
export function startBacktests(
  house: House,
  inForce: readonly RuleFile[],
  reopenWindowMs: number,
  closing: Closing,
): BacktestPort {
  const { series, records, options } = house;
  const { sites, log } = options;
  const jobs = createBacktestJobs({ clock: systemClock, log });
  closing.add('backtests', () => jobs.close());
  /** One compiles at a time, however many are asked for at once. */
  let asked: Promise<unknown> = Promise.resolve();
  return {
    ask: (wanted, by) => {
      const deps = { series, tickets: records.tickets, inForce, sites, reopenWindowMs };
      const view = asked.then(async () => jobs.add(await prepareBacktest(wanted, deps), by));
      asked = view.catch(() => {});
      return view;
    },
    list: () => jobs.list(),
    get: (id) => jobs.get(id),
    cancel: (id) => jobs.cancel(id),
  };
}
