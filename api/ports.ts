import type { FastifyBaseLogger } from 'fastify';
import type { Clock } from '../model/clock.ts';
import type { Directory } from '../model/directory.ts';
import type { RuleExplanation } from '../model/explanation.ts';
import type { Fault } from '../model/fault.ts';
import type { Role } from '../model/site.ts';
import type { Ticket, TicketAction } from '../model/ticket.ts';
import type { BacktestView, RuleTextView } from '../model/views/backtest.ts';
import type { NoticeView } from '../model/views/parking.ts';
import type { ReadyView, ReplayedView, RuleView, RuleWritingView } from '../model/views/watch.ts';
import type { QuarantineReader } from '../store/quarantine/contract.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import type { LatestValues } from './latest.ts';
import type { LiveHub } from './live/hub.ts';

/** A rule in force; how often it fires is counted from the faults. */
export type RuleSummary = Omit<RuleView, 'firing'>;

/** What `POST /backtests` asks for, times as epoch milliseconds; either `rules` or `names`. */
export interface BacktestWanted {
  readonly rules: readonly RuleTextView[] | undefined;
  readonly names: readonly string[] | undefined;
  readonly against: readonly RuleTextView[] | undefined;
  readonly from: number;
  readonly to: number;
  readonly warmUpMs: number | undefined;
}

export interface BacktestPort {
  /** Rejects with a StewardError: `rule_invalid`, `request_invalid`, `not_found`, `too_many_backtests`. `by`: a person's id. */
  ask(wanted: BacktestWanted, by: string): Promise<BacktestView>;
  list(): readonly BacktestView[];
  /** Throws `not_found`. */
  get(id: string): BacktestView;
  /** Throws `not_found`. */
  cancel(id: string): void;
}

export interface TicketOrder {
  /** The ticket's id. */
  readonly ticket: string;
  readonly action: TicketAction;
  readonly note?: string | undefined;
  /** A person's id, for `assign`. */
  readonly assignee?: string | undefined;
  /** Who does it: a person's id and the role that the session has. */
  readonly by: { readonly id: string; readonly role: Role };
}

/** Everything that the HTTP server asks of the rest of the house; `app` joins them. */
export interface ApiDeps {
  readonly directory: Directory;
  /** Event time: ages of data and time limits. Virtual while the demo sends its history. */
  readonly clock: Clock;
  /** Real time: sessions and attempts to sign in. */
  readonly wallClock: Clock;
  readonly series: Pick<SeriesStore, 'window'>;
  readonly records: Pick<RecordsStore, 'tickets' | 'users' | 'devices'>;
  readonly quarantine: Pick<QuarantineReader, 'list' | 'get' | 'ids' | 'counts'>;
  /** Tries these again, in that order. Throws when the disk refuses. */
  readonly replayQuarantined: (ids: readonly number[]) => Promise<readonly ReplayedView[]>;
  readonly latest: LatestValues;
  readonly live: LiveHub;
  /** Faults that fire now. */
  readonly faults: () => readonly Fault[];
  readonly rules: () => readonly RuleSummary[];
  /** Why each rule on its kind fires for an asset now, or does not. */
  readonly explain: (asset: string) => readonly RuleExplanation[];
  /** How a rule in force is written, and what a mechanic should know; undefined when there is none of this name. */
  readonly ruleWriting: (rule: string) => RuleWritingView | undefined;
  readonly backtests: BacktestPort;
  /** Throws a StewardError: `not_found`, `action_impossible`, `request_invalid`, `forbidden`. */
  readonly actOnTicket: (order: TicketOrder) => Promise<Ticket>;
  /** What a person of that role can do with the ticket now. */
  readonly actionsFor: (ticket: Ticket, role: Role) => readonly TicketAction[];
  readonly notices: () => Promise<readonly NoticeView[]>;
  /** Ids of the devices whose connection is up. */
  readonly connectedDevices: () => readonly string[];
  readonly ready: () => Promise<ReadyView>;
  /** Prometheus text format 0.0.4. */
  readonly metrics: () => Promise<string>;
  /** What commands on this machine show instead of a password (`Authorization: Bearer …`); absent: nothing does. */
  readonly operatorKey?: string | undefined;
  /** Folder of the built pages (`dist/web`). */
  readonly webRoot?: string | undefined;
  /** Whether `X-Forwarded-*` of these proxies is believed (Fastify's `trustProxy`); false by default. */
  readonly trustProxy?: boolean | string | undefined;
  /** pino's. */
  readonly log: FastifyBaseLogger;
}
