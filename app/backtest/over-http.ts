import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CODES, type Code, StewardError } from '../../model/codes.ts';
import type { BacktestReportView, BacktestRequest, BacktestView } from '../../model/views/backtest.ts';
import type { ProblemView } from '../../model/views/list.ts';
import { operatorKey } from '../operator-key.ts';
import type { RunningAt } from '../running.ts';

const POLL_MS = 300;

export interface OverHttpOptions {
  readonly signal: AbortSignal;
  onProgress(view: BacktestView): void;
}

function asError(status: number, text: string): StewardError {
  const { code, detail } = JSON.parse(text) as Partial<ProblemView>;
  const known = CODES.find((each): each is Code => each === code);
  return new StewardError(known ?? 'internal', detail ?? `Steward answered ${status}`);
}

/** Asks the Steward that runs in the data folder, as the operator of this machine. */
function clientOf({ http_url }: RunningAt, data: string) {
  const authorization = `Bearer ${operatorKey(readFileSync(join(data, 'secret')))}`;
  return async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${http_url}/api/v1${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw asError(answer.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
}

/**
 * Has the Steward that runs in this data folder run the backtest, and waits for it. An abort cancels it there.
 *
 * @throws StewardError with the code of the API's problem.
 */
export async function backtestOverHttp(
  request: BacktestRequest,
  at: RunningAt,
  data: string,
  { signal, onProgress }: OverHttpOptions,
): Promise<BacktestReportView> {
  const ask = clientOf(at, data);
  let view = await ask<BacktestView>('POST', '/backtests', request);
  const path = `/backtests/${view.id}`;
  while (view.state === 'queued' || view.state === 'running') {
    onProgress(view);
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) {
      await ask('DELETE', path);
      throw signal.reason;
    }
    view = await ask<BacktestView>('GET', path);
  }
  onProgress(view);
  if (view.report) return view.report;
  const code = CODES.find((each): each is Code => each === view.problem?.code) ?? 'internal';
  throw new StewardError(code, view.problem?.detail ?? `the backtest was ${view.state} by somebody else`);
}
