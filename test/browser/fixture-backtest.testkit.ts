import { backtestFixture, LAMP_OUT, reportFixture } from '../../api/backtest.testkit.ts';
import { DAY_MS, rfc3339 } from '../../model/clock.ts';
import type { BacktestRequest, BacktestView } from '../../model/views/backtest.ts';
import type { RuleDetailView } from '../../model/views/watch.ts';

export const PUMP_DRY_RUN: RuleDetailView = {
  ...LAMP_OUT,
  ...{ rule: 'PumpDryRun', kind: 'pump', kinds: ['pump'], severity: 'critical', firing: 0 },
  ...{ title: '{asset.name} runs dry', file: 'pumps.yaml', guide: null, proof: null, clear: null, where: [] },
};
export const RULES: readonly RuleDetailView[] = [LAMP_OUT, PUMP_DRY_RUN];

/** As the loader tells a misspelt metric; undefined for a text without it. */
export function mistakeIn(rules: BacktestRequest['rules']): string | undefined {
  const text = typeof rules === 'string' ? rules : '';
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes('powr_w'));
  if (line < 0) return undefined;
  const column = lines[line]!.indexOf('powr_w') + 1;
  return `rules.yaml:${line + 1}:${column}: LampOut: a luminaire has no "powr_w"; did you mean power_w?`;
}

/** One that is done, for a page that is opened with it. */
export function doneBacktest(now: number, days = 30): BacktestView {
  return backtestFixture(reportFixture(['lamp-001', 'lamp-002', 'lamp-003'], days, now));
}

/** What was asked for, before its first step. */
export function begunBacktest({ from }: BacktestRequest, now: number): BacktestView {
  const days = Math.round((now - Date.parse(from)) / DAY_MS);
  return {
    ...doneBacktest(now, days),
    state: 'queued',
    from,
    to: rfc3339(now),
    share: 0,
    ahead: 1,
    report: null,
  };
}

/** A step further each time that somebody asks. */
export function furtherBacktest(view: BacktestView, now: number): BacktestView {
  if (view.state === 'queued')
    return { ...view, state: 'running', ahead: 0, share: 0.3, readings: 12_345, eta_s: 8 };
  if (view.state === 'running' && view.share < 0.9) return { ...view, share: view.share + 0.4, eta_s: 3 };
  const days = Math.round((Date.parse(view.to) - Date.parse(view.from)) / DAY_MS);
  return view.state === 'running' ? doneBacktest(now, days) : view;
}
