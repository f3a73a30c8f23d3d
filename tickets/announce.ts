import { rfc3339 } from '../model/clock.ts';
import { ticketTopic } from '../model/topics.ts';
import type { TicketChange } from '../store/records/contract.ts';

/** A message for MQTT. */
export interface Announcement {
  readonly topic: string;
  readonly payload: string;
}

/** A ticket's change for `site/{site}/ticket/{id}`: JSON, times RFC 3339 in UTC, people by id only. */
export function announcementOf({ event, ticket }: TicketChange): Announcement {
  const payload = {
    id: ticket.id,
    event: event.type,
    at: rfc3339(event.at),
    state: ticket.state,
    rule: ticket.rule,
    site: ticket.site,
    zone: ticket.zone,
    asset: ticket.asset,
    kind: ticket.kind,
    severity: ticket.severity,
    title: ticket.title,
    trade: ticket.trade,
    assignee: ticket.assignee,
    members: ticket.members,
    fault_active: ticket.fault_active,
    reopened: ticket.reopened,
    opened_at: rfc3339(ticket.opened_at),
    respond_by: rfc3339(ticket.respond_by),
    resolve_by: rfc3339(ticket.resolve_by),
    acknowledged_at: ticket.acknowledged_at === null ? null : rfc3339(ticket.acknowledged_at),
    closed_at: ticket.closed_at === null ? null : rfc3339(ticket.closed_at),
    resolution: ticket.resolution,
  };
  return { topic: ticketTopic(ticket.site, ticket.id), payload: JSON.stringify(payload) };
}
