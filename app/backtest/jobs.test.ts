import { describe, expect, it } from 'vitest';
import { manualClock } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import { silentLog } from '../../model/log.ts';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import { type BacktestJobs, createBacktestJobs, type PreparedBacktest } from './jobs.ts';

const REPORT = { tickets: [] } as unknown as BacktestReportView;

/** A backtest that runs until it is told what comes of it. */
function held() {
  let finish: (report: BacktestReportView) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  let tell: (share: number) => void = () => {};
  const prepared: PreparedBacktest = {
    ...{ rules: ['LampOut'], from: 0, to: 1_000 },
    run: ({ signal, onProgress }) =>
      new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
        tell = (share) => onProgress({ at: 0, readings: share * 100, share });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  return {
    prepared,
    finish: () => finish(REPORT),
    fail: (error: unknown) => fail(error),
    tell: (share: number) => tell(share),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const statesOf = (jobs: BacktestJobs): string[] => jobs.list().map(({ id, state }) => `${id} ${state}`);

describe('backtests of a running Steward', () => {
  const clock = manualClock(1_000);
  const create = (): BacktestJobs => createBacktestJobs({ clock, log: silentLog });

  it('run one at a time, in the order of asking', async () => {
    const jobs = create();
    const [first, second] = [held(), held()];
    jobs.add(first.prepared, 'mia');
    expect(jobs.add(second.prepared, 'mia')).toMatchObject({ id: 'B-2', state: 'queued', ahead: 1 });
    expect(statesOf(jobs)).toEqual(['B-2 queued', 'B-1 running']);
    first.finish();
    await settled();
    expect(statesOf(jobs)).toEqual(['B-2 running', 'B-1 done']);
    expect(jobs.get('B-1').report).toBe(REPORT);
    expect(jobs.list().map(({ report }) => report)).toEqual([null, null]);
    await jobs.close();
  });

  it('say how far they are and how long they take', async () => {
    const jobs = create();
    const one = held();
    jobs.add(one.prepared, 'mia');
    expect(jobs.get('B-1')).toMatchObject({ share: 0, eta_s: null });
    clock.set(11_000);
    one.tell(0.25);
    expect(jobs.get('B-1')).toMatchObject({ share: 0.25, readings: 25, eta_s: 30 });
    await jobs.close();
  });

  it('say why they failed, and the next one runs all the same', async () => {
    const jobs = create();
    const [first, second] = [held(), held()];
    jobs.add(first.prepared, 'mia');
    jobs.add(second.prepared, 'mia');
    first.fail(new StewardError('series_unavailable', 'InfluxDB does not answer'));
    await settled();
    const problem = { code: 'series_unavailable', detail: 'InfluxDB does not answer' };
    expect(jobs.get('B-1')).toMatchObject({ state: 'failed', problem });
    second.fail(new TypeError('x is undefined'));
    await settled();
    expect(jobs.get('B-2').problem).toEqual({ code: 'internal', detail: 'The log says what, under B-2.' });
  });

  it('are cancelled whether they run or wait, and forgotten when they are over', async () => {
    const jobs = create();
    jobs.add(held().prepared, 'mia');
    jobs.add(held().prepared, 'mia');
    jobs.cancel('B-2');
    expect(() => jobs.get('B-2')).toThrow('no backtest B-2');
    jobs.cancel('B-1');
    await settled();
    expect(jobs.get('B-1').state).toBe('cancelled');
    jobs.cancel('B-1');
    expect(jobs.list()).toEqual([]);
    expect(() => jobs.cancel('B-1')).toThrow(StewardError);
  });

  it('are refused when enough wait already, and only so many are kept', async () => {
    const jobs = create();
    for (let i = 0; i < 11; i++) jobs.add(held().prepared, 'mia');
    expect(() => jobs.add(held().prepared, 'mia')).toThrow('10 backtests are waiting');
    await jobs.close();
    expect(new Set(jobs.list().map(({ state }) => state))).toEqual(new Set(['cancelled']));
    for (let i = 0; i < 40; i++) {
      const quick = { ...held().prepared, run: async () => REPORT };
      jobs.add(quick, 'mia');
      await settled();
    }
    expect(jobs.list().length).toBeLessThanOrEqual(21);
  });
});
