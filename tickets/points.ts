import type { FaultChange } from '../model/fault.ts';
import type { Point } from '../model/point.ts';
import { isOpenState, type Ticket, type TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';

/**
 * A ticket's change as a point of the measurement `ticket`. Its time is the ticket's `updated_at`, which is the
 * event's time, or a millisecond after the event before it: two events of one ticket are never the same point, and
 * the newest point always says whether the ticket is open.
 */
export function ticketPoint({ event, ticket }: TicketChange): Point {
  const { site, zone, asset, kind, rule, severity } = ticket;
  return {
    measurement: 'ticket',
    tags: { site, zone, asset, kind, rule, severity },
    ts: ticket.updated_at,
    fields: {
      open: isOpenState(ticket.state) ? 1 : 0,
      opened: event.type === 'opened' ? 1 : 0,
      reopened: event.type === 'reopened' ? 1 : 0,
      closed: event.type === 'proved' ? 1 : 0,
      age_s: (ticket.updated_at - ticket.opened_at) / 1_000,
    },
  };
}

/**
 * The same points told again from the records, for a series engine that missed them: a crash between the two, or a
 * new engine. `events` is the ticket's whole history, oldest first.
 */
export function historyPoints(ticket: Ticket, events: readonly TicketEvent[]): readonly Point[] {
  let updated_at = Number.NEGATIVE_INFINITY;
  return events.map((event) => {
    updated_at = Math.max(event.at, updated_at + 1);
    return ticketPoint({ event, ticket: { ...ticket, state: event.state, updated_at } });
  });
}

/**
 * A fault's change as a point of the measurement `fault`: active from firing until it clears. A change of members
 * says that it is active still; a proof, that it is over.
 */
export function faultPoint({ type, fault, at }: FaultChange): Point {
  const { site, zone, asset, kind, rule, severity } = fault;
  return {
    measurement: 'fault',
    tags: { site, zone, asset, kind, rule, severity },
    ts: at,
    fields: { active: type === 'firing' || type === 'amended' ? 1 : 0 },
  };
}
