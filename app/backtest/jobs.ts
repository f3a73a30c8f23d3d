import { type Clock, rfc3339, SECOND_MS } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { Log } from '../../model/log.ts';
import type { BacktestReportView, BacktestState, BacktestView } from '../../model/views/backtest.ts';
import { leftMs } from '../progress-line.ts';
import type { RunOptions } from './run.ts';

/** A backtest that is ready to run. */
export interface PreparedBacktest {
  readonly rules: readonly string[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  run(options: RunOptions): Promise<BacktestReportView>;
}

/** Backtests of a running Steward: one at a time, the others wait in the order of asking. In memory: a restart forgets them. */
export interface BacktestJobs {
  /** Throws `too_many_backtests`. */
  add(prepared: PreparedBacktest, by: string): BacktestView;
  /** Newest first, without their reports. */
  list(): readonly BacktestView[];
  /** Throws `not_found`. */
  get(id: string): BacktestView;
  /** Ends it when it waits or runs, and forgets it. Throws `not_found`. */
  cancel(id: string): void;
  /** Cancels all; resolves when none runs any more. */
  close(): Promise<void>;
}

interface Job {
  readonly id: string;
  readonly prepared: PreparedBacktest;
  readonly by: string;
  readonly askedAt: number;
  readonly stopping: AbortController;
  state: BacktestState;
  begunAt: number;
  share: number;
  readings: number;
  problem: BacktestView['problem'];
  report: BacktestReportView | null;
}

/** A report may have thousands of tickets: the oldest are forgotten. */
const KEPT = 20;
const WAITING_AT_MOST = 10;

const isOver = ({ state }: Job): boolean => state !== 'queued' && state !== 'running';

export function createBacktestJobs({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): BacktestJobs {
  const jobs = new Map<string, Job>();
  let asked = 0;
  let running: Promise<void> | undefined;

  const runOne = async (job: Job): Promise<void> => {
    job.state = 'running';
    job.begunAt = clock.now();
    try {
      job.report = await job.prepared.run({
        signal: job.stopping.signal,
        onProgress: ({ share, readings }) => Object.assign(job, { share, readings }),
      });
      job.state = 'done';
    } catch (error) {
      const known = error instanceof StewardError;
      job.state = job.stopping.signal.aborted ? 'cancelled' : 'failed';
      if (job.state === 'cancelled') return;
      if (!known) log.error({ error, backtest: job.id }, 'a backtest failed');
      job.problem = known
        ? { code: error.code, detail: error.message }
        : { code: 'internal', detail: `The log says what, under ${job.id}.` };
    }
  };
  const runQueue = async (): Promise<void> => {
    for (;;) {
      const next = [...jobs.values()].find(({ state }) => state === 'queued');
      if (!next) break;
      await runOne(next);
    }
    running = undefined;
  };
  const forgetOld = (): void => {
    for (const job of [...jobs.values()].filter(isOver).slice(0, -KEPT)) jobs.delete(job.id);
  };
  const etaOf = (job: Job): number | null => {
    if (job.state !== 'running') return null;
    const left = leftMs(job.share, clock.now() - job.begunAt);
    return left === undefined ? null : Math.ceil(left / SECOND_MS);
  };
  const aheadOf = (job: Job): number => {
    if (job.state !== 'queued') return 0;
    const waiting = [...jobs.values()].filter((other) => !isOver(other));
    return waiting.indexOf(job);
  };
  const viewOf = (job: Job): BacktestView => {
    const { id, state, by, share, readings, problem, report } = job;
    const { rules, from, to } = job.prepared;
    return {
      ...{ id, state, by, rules, share, readings, problem, report },
      asked_at: rfc3339(job.askedAt),
      from: rfc3339(from),
      to: rfc3339(to),
      ahead: aheadOf(job),
      eta_s: etaOf(job),
    };
  };
  const jobOf = (id: string): Job => {
    const job = jobs.get(id);
    if (!job) throw new StewardError('not_found', `There is no backtest ${id}: the newest ${KEPT} are kept.`);
    return job;
  };

  return {
    add: (prepared, by) => {
      const waiting = [...jobs.values()].filter(({ state }) => state === 'queued').length;
      if (waiting >= WAITING_AT_MOST)
        throw new StewardError('too_many_backtests', `${waiting} backtests are waiting already.`);
      asked++;
      const job: Job = {
        ...{ id: `B-${asked}`, prepared, by, askedAt: clock.now(), stopping: new AbortController() },
        ...{ state: 'queued', begunAt: 0, share: 0, readings: 0, problem: null, report: null },
      };
      jobs.set(job.id, job);
      forgetOld();
      running ??= runQueue();
      return viewOf(job);
    },
    list: () => [...jobs.values()].reverse().map((job) => ({ ...viewOf(job), report: null })),
    get: (id) => viewOf(jobOf(id)),
    cancel: (id) => {
      const job = jobOf(id);
      job.stopping.abort();
      if (job.state === 'queued') job.state = 'cancelled';
      if (isOver(job)) jobs.delete(id);
    },
    close: async () => {
      for (const job of jobs.values()) {
        job.stopping.abort();
        if (job.state === 'queued') job.state = 'cancelled';
      }
      await running;
    },
  };
}
