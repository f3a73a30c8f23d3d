import type { BacktestReportView, JudgementView, RaisedTicketView } from '../../model/views/backtest.ts';

const MOST_ASSETS = 10;

/** RFC 3339, to the minute. */
const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')}Z`;

/** Columns as wide as what stands in them; two blanks between. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  );
}

function line(ticket: RaisedTicketView): string[] {
  const { rule, asset, from, to, members, returned } = ticket;
  const more = [
    members.length > 0 ? `${members.length} members` : '',
    returned > 0 ? `came back ${returned} ×` : '',
  ];
  return [
    rule,
    asset,
    minute(from),
    to === null ? 'still firing' : minute(to),
    more.filter(Boolean).join(', '),
  ];
}

const WORDS = {
  fault_found: 'fault found',
  nothing_found: 'nothing found',
  cancelled: 'cancelled',
  open: 'open',
  none: '-',
} as const;

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...table(rows)];
}

function percent({ precision }: JudgementView): string {
  return precision === null ? 'not known, nobody judged these tickets' : `${(precision * 100).toFixed(1)} %`;
}

/** For people: what was raised, how often, and how it compares. */
export function formatBacktest(report: BacktestReportView): string {
  const { tickets, standing, against, verdicts, missed, first, from, to } = report;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 8_640_000) / 10;
  const lines = [
    `${report.rules.join(', ')}: ${tickets.length} tickets in ${days} days (${minute(from)} to ${minute(to)})`,
  ];
  if (first === null) lines.push('no readings are stored for this span');
  else if (first > from) lines.push(`readings begin at ${minute(first)}`);
  if (standing.length > 0) lines.push(`${standing.length} more were open before and are not counted`);
  const rows = tickets.map((ticket) => {
    const [rule, asset, since, until, more] = line(ticket);
    return [rule!, asset!, since!, until!, ticket.ticket ?? '-', WORDS[ticket.verdict], more!];
  });
  const head = ['rule', 'asset', 'from', 'to', 'ticket', 'verdict', ''];
  lines.push(...section('tickets', rows.length > 0 ? [head, ...rows] : []));
  lines.push(
    ...section(
      'per week',
      Object.entries(report.per_week).map(([week, n]) => [week, String(n)]),
    ),
  );
  const assets = Object.entries(report.per_asset);
  lines.push(
    ...section(
      'most on one asset',
      assets.slice(0, MOST_ASSETS).map(([asset, n]) => [asset, String(n)]),
    ),
  );
  if (against === null) lines.push('', 'no rule of this name is in force: nothing to compare with');
  else {
    lines.push(
      '',
      `against ${against.tickets} of the rules in force: ${against.new.length} new, ${against.gone.length} gone`,
    );
    lines.push(...table(against.new.map((ticket) => ['new', ...line(ticket), WORDS[ticket.verdict]])));
    lines.push(...table(against.gone.map((ticket) => ['gone', ...line(ticket), WORDS[ticket.verdict]])));
  }
  const found = `${verdicts.fault_found} fault found, ${verdicts.nothing_found} nothing found`;
  lines.push(
    '',
    `against real tickets: ${found}, ${verdicts.open} open, ${verdicts.cancelled} cancelled otherwise, ${verdicts.none} without a ticket`,
  );
  lines.push(`precision: ${percent(report)}${against ? `; of those in force: ${percent(against)}` : ''}`);
  lines.push(
    ...section(
      'real tickets that would be missing',
      missed.map(({ ticket, rule, asset, verdict }) => [ticket, rule, asset, WORDS[verdict]]),
    ),
  );
  return `${lines.join('\n')}\n`;
}
