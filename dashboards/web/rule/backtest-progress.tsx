import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BacktestView } from '../../../model/views/backtest.ts';
import { send } from '../core/client.ts';
import { setQuery } from '../core/router.ts';
import { span } from '../core/time.ts';
import { count } from '../core/words.ts';

const SECOND_MS = 1_000;

function said({ state, ahead, share, readings, eta_s }: BacktestView): string {
  if (state === 'queued') return `Waits for ${count(ahead, 'other backtest')}`;
  const left = eta_s === null ? '' : `, about ${span(eta_s * SECOND_MS)} left`;
  return `${Math.floor(share * 100)} %, ${count(readings, 'reading')}${left}`;
}

/** How far it is, and how to end it. */
export function Progress({ backtest }: { backtest: BacktestView }): JSX.Element {
  const [ending, setEnding] = useState(false);
  const end = async (): Promise<void> => {
    setEnding(true);
    // One that was over meanwhile is gone too: in each case nothing is shown any more.
    await send('DELETE', `/backtests/${encodeURIComponent(backtest.id)}`).catch(() => {});
    setQuery({ backtest: '' });
  };
  return (
    <div class="try-progress">
      <progress value={backtest.share} aria-label="Done so far" />
      <span>{said(backtest)}</span>
      <button
        type="button"
        class="button"
        disabled={ending}
        onClick={() => {
          void end();
        }}
      >
        Cancel
      </button>
    </div>
  );
}
