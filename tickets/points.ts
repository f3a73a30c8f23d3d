import type { Point } from '../model/point.ts';
import { isOpenState, type Ticket, type TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { updatedAt } from './lifecycle.ts';

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

function activePoint({ site, zone, asset, kind, rule, severity }: Ticket, ts: number, active: number): Point {
  const tags = { site, zone, asset, kind, rule, severity };
  return { measurement: 'fault', tags, ts, fields: { active } };
}

/**
 * Everything that a ticket's change says to the series engine: the ticket's point, and one of the measurement
 * `fault` when its fault became active or ended. Severity is a tag: when it changes, what the old series says is
 * ended a millisecond before, else it would be counted as open for ever.
 * A note on an ended ticket is no point: its fault may have another ticket by now, which is open.
 */
export function pointsOf(change: TicketChange): readonly Point[] {
  const { ticket, before } = change;
  const ts = ticket.updated_at;
  const moved = before !== undefined && before.severity !== ticket.severity;
  const points: Point[] = [];
  if (moved && isOpenState(before.state)) {
    const { tags, fields } = ticketPoint(change);
    points.push({
      measurement: 'ticket',
      tags: { ...tags, severity: before.severity },
      ts: ts - 1,
      fields: { ...fields, open: 0, opened: 0, reopened: 0, closed: 0 },
    });
  }
  if (before === undefined || isOpenState(before.state) || isOpenState(ticket.state))
    points.push(ticketPoint(change));
  const was = before?.fault_active ?? false;
  if (was && moved) points.push(activePoint(before, ts - 1, 0));
  if (ticket.fault_active !== was || (was && moved))
    points.push(activePoint(ticket, ts, ticket.fault_active ? 1 : 0));
  return points;
}

function activeAfter(before: boolean, { type }: TicketEvent): boolean {
  if (type === 'opened' || type === 'fault_returned') return true;
  return type !== 'fault_cleared' && before;
}

/**
 * The same points told again from the records, for a series engine that missed them: a crash between the two, or a
 * new engine. `events` is the ticket's whole history, oldest first.
 */
export function historyPoints(ticket: Ticket, events: readonly TicketEvent[]): readonly Point[] {
  let before: Ticket | undefined;
  return events.flatMap((event) => {
    const next: Ticket = {
      ...ticket,
      state: event.state,
      severity: event.severity ?? before?.severity ?? ticket.severity,
      fault_active: activeAfter(before?.fault_active ?? false, event),
      updated_at: before ? updatedAt(event, before) : event.at,
    };
    const points = pointsOf({ event, ticket: next, ...(before ? { before } : {}) });
    before = next;
    return points;
  });
}
