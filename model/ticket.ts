import type { Evidence, Severity } from './fault.ts';
import type { Kind } from './kinds.ts';
import type { Trade } from './site.ts';

/**
 * open → assigned → acknowledged → in_progress ⇄ on_hold → done → proving → closed; a failed proof or a fault that
 * comes back leads to `assigned` again; any open state → cancelled.
 */
export const TICKET_STATES = [
  'open',
  'assigned',
  'acknowledged',
  'in_progress',
  'on_hold',
  'done',
  'proving',
  'closed',
  'cancelled',
] as const;
export type TicketState = (typeof TICKET_STATES)[number];

export function isOpenState(state: TicketState): boolean {
  return state !== 'closed' && state !== 'cancelled';
}

/** What a person can do with a ticket. */
export const TICKET_ACTIONS = [
  'acknowledge',
  'start',
  'hold',
  'finish',
  'reopen',
  'cancel',
  'assign',
  'note',
  'prove',
] as const;
export type TicketAction = (typeof TICKET_ACTIONS)[number];

/** The work that a fault, a schedule or a person asks for: the sum of its events. Times are epoch milliseconds. */
export interface Ticket {
  /** `T-1`, `T-2`, … in the order of opening. */
  readonly id: string;
  /** `rule/asset`; at most one open ticket has it. */
  readonly key: string;
  readonly rule: string;
  readonly site: string;
  readonly zone: string;
  readonly asset: string;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly title: string;
  readonly trade: Trade;
  readonly state: TicketState;
  readonly assignee: string | null;
  readonly opened_at: number;
  readonly respond_by: number;
  readonly resolve_by: number;
  readonly acknowledged_at: number | null;
  readonly closed_at: number | null;
  readonly reopened: number;
  /** Whether the rule still fires. */
  readonly fault_active: boolean;
  readonly members: readonly string[];
  readonly evidence: Evidence | null;
  /** What will close it, in words; null = a person's return visit. */
  readonly proof: string | null;
  /** Why it was closed or cancelled: how it was proved, or the person's reason. */
  readonly resolution: string | null;
  readonly updated_at: number;
}

export type TicketEventType =
  | 'opened'
  | 'assigned'
  | 'acknowledged'
  | 'started'
  | 'held'
  | 'finished'
  | 'fault_cleared'
  | 'fault_returned'
  | 'members_changed'
  | 'proved'
  | 'reopened'
  | 'cancelled'
  | 'noted';

/** Appended, never edited. */
export interface TicketEvent {
  readonly ticket: string;
  readonly type: TicketEventType;
  readonly at: number;
  /** A person's id, or `rules` for what telemetry did. */
  readonly who: string;
  readonly note: string;
  /** State after the event. */
  readonly state: TicketState;
  /** Whose the ticket is from now on, when the event says so. */
  readonly assignee?: string;
  /** How severe it is from now on, when the event says so: the opening, and a fault that grew worse. */
  readonly severity?: Severity;
  /** Unique; a fault change's cause, so that a replay adds nothing. */
  readonly cause: string;
}
