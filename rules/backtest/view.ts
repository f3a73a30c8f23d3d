import { rfc3339 } from '../../model/clock.ts';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import type { RaisedTicket } from './ledger.ts';
import type { BacktestReport } from './report.ts';

const withTimes = <T extends RaisedTicket>(ticket: T) => ({
  ...ticket,
  from: rfc3339(ticket.from),
  to: ticket.to === null ? null : rfc3339(ticket.to),
});

/** The report with its times in RFC 3339. */
export function reportView(report: BacktestReport, elapsed_ms: number): BacktestReportView {
  const { against, first } = report;
  return {
    ...report,
    from: rfc3339(report.from),
    to: rfc3339(report.to),
    first: first === null ? null : rfc3339(first),
    tickets: report.tickets.map(withTimes),
    standing: report.standing.map(withTimes),
    against: against && {
      ...against,
      new: against.new.map(withTimes),
      gone: against.gone.map(withTimes),
    },
    elapsed_ms,
  };
}
