import type { Severity } from '../fault.ts';
import type { Kind } from '../kinds.ts';

/** A rule file as text; `file` is what its mistakes are told with. */
export interface RuleTextView {
  readonly file: string;
  readonly text: string;
}

/** Either `rules` or `names`. */
export interface BacktestRequest {
  /** Rules to try, as YAML. */
  readonly rules?: string | readonly RuleTextView[] | undefined;
  /** Rules in force to try as they are. */
  readonly names?: readonly string[] | undefined;
  /** What to compare with; absent: the rules in force of the same names. */
  readonly against?: string | readonly RuleTextView[] | undefined;
  readonly from: string;
  /** Absent: now. */
  readonly to?: string | undefined;
  /** How much is read before `from`, such as `7d`; absent: the longest window of the rules, at least a day. */
  readonly warm_up?: string | undefined;
}

export const BACKTEST_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];

/** What people and telemetry made of the ticket that was really there; `none` = there was no such ticket. */
export const VERDICTS = ['fault_found', 'nothing_found', 'cancelled', 'open', 'none'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A ticket that rules would have raised. Times are milliseconds inside, RFC 3339 in answers. */
export interface Raised<Time> {
  readonly rule: string;
  readonly asset: string;
  readonly kind: Kind;
  readonly site: string;
  readonly zone: string;
  readonly severity: Severity;
  readonly title: string;
  readonly from: Time;
  /** When the fault cleared for the last time; null when it still fires at the end. */
  readonly to: Time | null;
  /** How often the fault came back and re-opened the ticket. */
  readonly returned: number;
  /** All that ever were part of a rolled-up fault. */
  readonly members: readonly string[];
}

export interface Judged<Time> extends Raised<Time> {
  /** The ticket that was really there at that time, and what became of it. */
  readonly ticket: string | null;
  readonly verdict: Verdict;
}

/** How tickets compare with what people found. */
export interface JudgementView {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** fault_found / (fault_found + nothing_found); null when people judged none of them. */
  readonly precision: number | null;
}

/** What rules would have raised between `from` and `to`. */
export interface Report<Time> extends JudgementView {
  readonly from: Time;
  readonly to: Time;
  readonly rules: readonly string[];
  readonly tickets: readonly Judged<Time>[];
  /** Already open at `from`: not counted. */
  readonly standing: readonly Raised<Time>[];
  /** By the Monday (UTC) that the week begins with, weeks without tickets too. */
  readonly per_week: Readonly<Record<string, number>>;
  readonly per_asset: Readonly<Record<string, number>>;
  /** Against the rules in force, or those asked for; null when there are none of these names. */
  readonly against:
    | (JudgementView & {
        readonly tickets: number;
        readonly per_week: Readonly<Record<string, number>>;
        readonly new: readonly Judged<Time>[];
        readonly gone: readonly Judged<Time>[];
      })
    | null;
  /** Real tickets of these rules in the span that would not have been raised. */
  readonly missed: readonly {
    readonly ticket: string;
    readonly rule: string;
    readonly asset: string;
    readonly verdict: Verdict;
  }[];
  readonly readings: number;
  readonly samples: number;
  /** Time of the first reading; null when there was none. */
  readonly first: Time | null;
  readonly engine_ms: number;
}

export type RaisedTicketView = Raised<string>;
export type JudgedTicketView = Judged<string>;
export type BacktestReportView = Report<string> & { readonly elapsed_ms: number };

export interface BacktestView {
  readonly id: string;
  readonly state: BacktestState;
  readonly asked_at: string;
  /** Who asked for it. */
  readonly by: string;
  readonly rules: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Backtests that run before this one. */
  readonly ahead: number;
  /** Done of all, 0 to 1. */
  readonly share: number;
  readonly readings: number;
  readonly eta_s: number | null;
  /** Why it failed. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
  /** When it is done; lists leave it out. */
  readonly report: BacktestReportView | null;
}
