import type { JSX } from 'preact';
import type { BacktestReportView, JudgementView } from '../../../model/views/backtest.ts';
import { serverNow } from '../core/server-clock.ts';
import { siteTime } from '../core/time.ts';
import { count } from '../core/words.ts';
import type { World } from '../core/world.ts';
import { ByAsset } from './by-asset.tsx';
import { RaisedList } from './raised-list.tsx';
import { WeeksChart } from './weeks-chart.tsx';

const DAY_MS = 86_400_000;

function percent({ precision }: JudgementView): string {
  return precision === null ? '–' : `${Math.round(precision * 100)} %`;
}

function Judgement({ report }: { report: BacktestReportView }): JSX.Element {
  const { verdicts, against, precision } = report;
  return (
    <dl class="values">
      <div>
        <dt>Tickets</dt>
        <dd>
          {report.tickets.length}
          {against && <small>in force: {against.tickets}</small>}
        </dd>
      </div>
      {against && (
        <div>
          <dt>Against the rule in force</dt>
          <dd>
            +{against.new.length} −{against.gone.length}
            <small>new, gone</small>
          </dd>
        </div>
      )}
      <div>
        <dt title="Fault found, of all that people judged">Precision</dt>
        <dd>
          {percent(report)}
          <small>
            {precision === null
              ? 'nobody judged such tickets'
              : `${verdicts.fault_found} fault found, ${verdicts.nothing_found} nothing found`}
            {against && against.precision !== null && <>; in force: {percent(against)}</>}
          </small>
        </dd>
      </div>
      <div>
        <dt>Without a real ticket</dt>
        <dd>
          {verdicts.none}
          <small>nobody knows whether they are right</small>
        </dd>
      </div>
    </dl>
  );
}

function Missed({ report, now }: { report: BacktestReportView; now: World }): JSX.Element | null {
  if (report.missed.length === 0) return null;
  return (
    <section>
      <h3>Real tickets that it would not have raised</h3>
      <ul class="raised-list">
        {report.missed.map(({ ticket, asset, verdict }) => (
          <li key={ticket} class="raised">
            <a href={`/tickets/${ticket}`}>{ticket}</a>
            <a href={`/asset/${asset}`}>{now.assets.get(asset)?.name ?? asset}</a>
            <span class={`verdict verdict-${verdict}`}>{verdict.replace('_', ' ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the rule would have done: how often, where, and how that compares. */
export function Report({ report, now }: { report: BacktestReportView; now: World }): JSX.Element {
  const { tickets, against, first, from, to } = report;
  const tz = now.sites[0]?.tz ?? 'UTC';
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return (
    <div class="report" data-report>
      <p class="report-sum">
        This rule would have raised <strong>{count(tickets.length, 'ticket')}</strong> in {count(days, 'day')}
        .
      </p>
      {first === null ? (
        <p class="note">No readings are stored for this time.</p>
      ) : (
        Date.parse(first) > Date.parse(from) && (
          <p class="soft">The readings begin {siteTime(Date.parse(first), tz, serverNow())}.</p>
        )
      )}
      <Judgement report={report} />
      <WeeksChart weeks={report.per_week} against={against?.per_week ?? null} />
      {against && (
        <div class="report-two">
          <RaisedList title="New" empty="Nothing new." tickets={against.new} now={now} />
          <RaisedList title="Gone" empty="Nothing is gone." tickets={against.gone} now={now} />
        </div>
      )}
      <Missed report={report} now={now} />
      <ByAsset counts={report.per_asset} now={now} />
      {tickets.length > 0 && (
        <details class="report-all">
          <summary>All {count(tickets.length, 'ticket')}</summary>
          <RaisedList title="" empty="" tickets={tickets} now={now} />
        </details>
      )}
    </div>
  );
}
