import { rfc3339 } from '../model/clock.ts';
import type {
  BacktestReportView,
  BacktestView,
  JudgedTicketView,
  JudgementView,
  Verdict,
} from '../model/views/backtest.ts';
import type { RuleDetailView } from '../model/views/watch.ts';

const DAY = 86_400_000;

export const LAMP_OUT: RuleDetailView = {
  rule: 'LampOut',
  kind: 'luminaire',
  kinds: ['luminaire'],
  severity: 'minor',
  title: '{asset.name} is dark',
  when: 'night(30) && expected_level > 0.0 && avg(power_w, "10m") < 0.2 * rated_w',
  clear: 'avg(power_w, "10m") > 0.5 * rated_w',
  where: [],
  for_ms: 20 * 60_000,
  proof: 'one full night at expected power',
  firing: 1,
  file: 'lighting.yaml',
  yaml: `groups:
  - name: night-lighting
    rules:
      - rule: LampOut
        on: luminaire
        when: night(30) && expected_level > 0.0 && avg(power_w, "10m") < 0.2 * rated_w
        for: 20m
        ticket: { title: "{asset.name} is dark" }
`,
  guide:
    'The lamp should burn and draws less than a fifth of what it should. First: the fuse in the pole door.',
};

const verdicts = (counts: Partial<Record<Verdict, number>>): JudgementView => {
  const all = { fault_found: 0, nothing_found: 0, cancelled: 0, open: 0, none: 0, ...counts };
  const judged = all.fault_found + all.nothing_found;
  return { verdicts: all, precision: judged === 0 ? null : all.fault_found / judged };
};

function raised(asset: string, at: number, verdict: Verdict, ticket: string | null): JudgedTicketView {
  return {
    ...{ rule: 'LampOut', asset, kind: 'luminaire', site: 'mill-lane', zone: 'north', severity: 'minor' },
    ...{ title: `Lamp ${asset} is dark`, from: rfc3339(at), to: rfc3339(at + DAY / 2), returned: 0 },
    ...{ members: [], ticket, verdict },
  };
}

/** A report with something in every part, on three lamps, for a span of days that ends at `now`. */
export function reportFixture(
  lamps: readonly [string, string, string],
  days: number,
  now: number,
): BacktestReportView {
  const from = now - days * DAY;
  const tickets = [
    raised(lamps[0], now - 20 * DAY, 'fault_found', 'T-1'),
    raised(lamps[0], now - 9 * DAY, 'nothing_found', 'T-2'),
    raised(lamps[1], now - 3 * DAY, 'none', null),
  ];
  const gone = [raised(lamps[2], now - 12 * DAY, 'nothing_found', 'T-3')];
  const monday = (at: number) => rfc3339(at - ((at - 4 * DAY) % (7 * DAY))).slice(0, 10);
  const weeks: Record<string, number> = {};
  for (let at = from; at <= now; at += 7 * DAY) weeks[monday(at)] = 0;
  for (const ticket of tickets) weeks[monday(Date.parse(ticket.from))]! += 1;
  return {
    ...{ from: rfc3339(from), to: rfc3339(now), rules: ['CircuitOut', 'LampOut'], tickets, standing: [] },
    per_week: weeks,
    per_asset: { [lamps[0]]: 2, [lamps[1]]: 1 },
    against: {
      tickets: 3,
      per_week: weeks,
      ...verdicts({ fault_found: 1, nothing_found: 2 }),
      new: tickets.slice(2),
      gone,
    },
    ...verdicts({ fault_found: 1, nothing_found: 1, none: 1 }),
    missed: [{ ticket: 'T-3', rule: 'LampOut', asset: lamps[2], verdict: 'nothing_found' }],
    ...{ readings: 1_728_000, samples: 1_728_000, first: rfc3339(from), engine_ms: 900, elapsed_ms: 1_400 },
  };
}

export function backtestFixture(report: BacktestReportView): BacktestView {
  return {
    ...{ id: 'B-1', state: 'done', asked_at: report.to, by: 'mia', rules: report.rules },
    ...{ from: report.from, to: report.to, ahead: 0, share: 1, readings: report.readings },
    ...{ eta_s: null, problem: null, report },
  };
}
