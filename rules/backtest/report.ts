import { DAY_MS } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import {
  type Judged,
  type JudgementView,
  type Report,
  VERDICTS,
  type Verdict,
} from '../../model/views/backtest.ts';
import type { RuleSet } from '../language/rule.ts';
import { type RealTicket, realTicketOf, spanOf, verdictOf, without } from './compare.ts';
import type { RaisedTicket } from './ledger.ts';
import { type ReplayProgress, replay, type Slice } from './replay.ts';

export interface BacktestOptions {
  readonly rules: RuleSet;
  /** The rules in force; absent when none is to be compared with. */
  readonly against?: RuleSet | undefined;
  /** Rules whose tickets count; the others only inhibit. */
  readonly names: ReadonlySet<string>;
  readonly directory: Directory;
  readonly slices: AsyncIterable<Slice>;
  /** Where the slices begin: what is before `from` only warms the windows up. Epoch milliseconds. */
  readonly begin: number;
  readonly from: number;
  readonly to: number;
  /** Tickets that were really there. */
  readonly real: readonly RealTicket[];
  readonly reopenWindowMs: number;
  now(): number;
  onProgress?(progress: ReplayProgress): void;
}

export type BacktestReport = Report<number>;

/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;

function weekOf(t: number): number {
  return t - ((((t - FIRST_MONDAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS);
}

function perWeek(tickets: readonly RaisedTicket[], from: number, to: number): Record<string, number> {
  const counts: Record<string, number> = {};
  const name = (t: number): string => new Date(t).toISOString().slice(0, 10);
  for (let week = weekOf(from); week < to; week += WEEK_MS) counts[name(week)] = 0;
  for (const ticket of tickets) {
    const week = name(weekOf(ticket.from));
    counts[week] = (counts[week] ?? 0) + 1;
  }
  return counts;
}

function perAsset(tickets: readonly RaisedTicket[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { asset } of tickets) counts.set(asset, (counts.get(asset) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function judged(raised: RaisedTicket, real: readonly RealTicket[]): Judged<number> {
  const ticket = realTicketOf(raised, real);
  return { ...raised, ticket: ticket?.id ?? null, verdict: ticket ? verdictOf(ticket) : 'none' };
}

function judgementOf(tickets: readonly Judged<number>[]): JudgementView {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of tickets) verdicts[verdict]++;
  const seen = verdicts.fault_found + verdicts.nothing_found;
  return { verdicts, precision: seen === 0 ? null : verdicts.fault_found / seen };
}

/** Answers what rules would have done with stored readings, and how well. Pure but for `slices`. */
export async function backtest(options: BacktestOptions): Promise<BacktestReport> {
  const { rules, against, names, from, to, real } = options;
  const done = await replay({ ...options, rules: against ? [rules, against] : [rules] });
  const counted = done.tickets.map((tickets) => tickets.filter(({ rule }) => names.has(rule)));
  const [all = [], allBefore = []] = counted;
  const raisedIn = (tickets: readonly RaisedTicket[]): readonly Judged<number>[] =>
    tickets.filter((ticket) => ticket.from >= from).map((raised) => judged(raised, real));
  const tickets = raisedIn(all);
  const before = raisedIn(allBefore);
  const spans = real
    .filter(({ rule, opened_at }) => names.has(rule) && opened_at >= from && opened_at < to)
    .map((ticket) => ({ ...spanOf(ticket), ticket: ticket.id, verdict: verdictOf(ticket) }));
  return {
    from,
    to,
    rules: [...names].sort(),
    tickets,
    standing: all.filter((ticket) => ticket.from < from && (ticket.to === null || ticket.to >= from)),
    per_week: perWeek(tickets, from, to),
    per_asset: perAsset(tickets),
    against: against
      ? {
          tickets: before.length,
          per_week: perWeek(before, from, to),
          ...judgementOf(before),
          new: without(tickets, allBefore),
          gone: without(before, all),
        }
      : null,
    ...judgementOf(tickets),
    missed: without(spans, all).map(({ ticket, rule, asset, verdict }) => ({ ticket, rule, asset, verdict })),
    readings: done.readings,
    samples: done.samples,
    first: done.first,
    engine_ms: done.engineMs,
  };
}
