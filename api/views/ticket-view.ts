import { rfc3339 } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import type { Evidence } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import { isOpenState, type Ticket, type TicketAction, type TicketEvent } from '../../model/ticket.ts';
import type {
  EvidenceView,
  TicketDetailView,
  TicketEventView,
  TicketView,
} from '../../model/views/ticket.ts';
import { metricView } from './metrics.ts';
import { personView } from './people.ts';

const maybeTime = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

/** Past `respond_by` and nobody took it, or past `resolve_by` and the work is not done. Proving is done work. */
export function isOverdue(ticket: Ticket, now: number): boolean {
  if (!isOpenState(ticket.state) || ticket.state === 'done' || ticket.state === 'proving') return false;
  const isTaken = ticket.acknowledged_at !== null;
  return (!isTaken && now > ticket.respond_by) || now > ticket.resolve_by;
}

export function ticketView(ticket: Ticket, directory: Directory, now: number): TicketView {
  return {
    id: ticket.id,
    rule: ticket.rule,
    site: ticket.site,
    zone: ticket.zone,
    asset: ticket.asset,
    asset_name: directory.asset(ticket.asset)?.name ?? ticket.asset,
    kind: ticket.kind,
    severity: ticket.severity,
    title: ticket.title,
    trade: ticket.trade,
    state: ticket.state,
    assignee: ticket.assignee === null ? null : personView(directory, ticket.assignee),
    opened_at: rfc3339(ticket.opened_at),
    respond_by: rfc3339(ticket.respond_by),
    resolve_by: rfc3339(ticket.resolve_by),
    acknowledged_at: maybeTime(ticket.acknowledged_at),
    closed_at: maybeTime(ticket.closed_at),
    updated_at: rfc3339(ticket.updated_at),
    reopened: ticket.reopened,
    fault_active: ticket.fault_active,
    members: ticket.members,
    overdue: isOverdue(ticket, now),
  };
}

function evidenceView(evidence: Evidence, kind: Kind): EvidenceView {
  return {
    expression: evidence.expression,
    text: evidence.text,
    values: evidence.values,
    metrics: evidence.metrics.map((name) => metricView(kind, name)),
    from: rfc3339(evidence.from),
    to: rfc3339(evidence.to),
  };
}

function eventView(event: TicketEvent, directory: Directory): TicketEventView {
  return {
    type: event.type,
    at: rfc3339(event.at),
    who: personView(directory, event.who),
    note: event.note,
    state: event.state,
  };
}

/** `actions`: what the person who asks can do with it now. */
export function ticketDetailView(
  ticket: Ticket,
  events: readonly TicketEvent[],
  actions: readonly TicketAction[],
  directory: Directory,
  now: number,
): TicketDetailView {
  const site = directory.site(ticket.site);
  return {
    ...ticketView(ticket, directory, now),
    zone_name: directory.zone(ticket.site, ticket.zone)?.name ?? ticket.zone,
    site_name: site?.name ?? ticket.site,
    tz: site?.tz ?? 'UTC',
    evidence: ticket.evidence && evidenceView(ticket.evidence, ticket.kind),
    proof: ticket.proof,
    resolution: ticket.resolution,
    history: events.map((event) => eventView(event, directory)),
    actions,
  };
}
