import type { Severity } from '../fault.ts';
import type { Kind } from '../kinds.ts';
import type { Trade } from '../site.ts';
import type { TicketAction, TicketEventType, TicketState } from '../ticket.ts';
import type { MetricView, PersonView } from './site.ts';

/** A ticket in a list. Times are RFC 3339. */
export interface TicketView {
  readonly id: string;
  readonly rule: string;
  readonly site: string;
  readonly zone: string;
  readonly asset: string;
  readonly asset_name: string;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly title: string;
  readonly trade: Trade;
  readonly state: TicketState;
  readonly assignee: PersonView | null;
  readonly opened_at: string;
  readonly respond_by: string;
  readonly resolve_by: string;
  readonly acknowledged_at: string | null;
  readonly closed_at: string | null;
  readonly updated_at: string;
  readonly reopened: number;
  readonly fault_active: boolean;
  readonly members: readonly string[];
  /** Past `respond_by` unacknowledged, or past `resolve_by` unfinished. */
  readonly overdue: boolean;
}

export interface EvidenceView {
  readonly expression: string;
  readonly text: string;
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
  readonly metrics: readonly MetricView[];
  readonly from: string;
  readonly to: string;
}

export interface TicketEventView {
  readonly type: TicketEventType;
  readonly at: string;
  readonly who: PersonView;
  readonly note: string;
  readonly state: TicketState;
}

/** `GET /tickets/:id`. */
export interface TicketDetailView extends TicketView {
  readonly zone_name: string;
  readonly site_name: string;
  readonly tz: string;
  readonly evidence: EvidenceView | null;
  /** What will close it, in words. */
  readonly proof: string | null;
  readonly resolution: string | null;
  readonly history: readonly TicketEventView[];
  /** What the person who asks can do with it now. */
  readonly actions: readonly TicketAction[];
}

/** `POST /tickets/:id/actions`. `note` is the reason where one is asked for (hold, cancel, reopen). */
export interface TicketActionRequest {
  readonly action: TicketAction;
  readonly note?: string;
  /** For `assign`. */
  readonly assignee?: string;
}
