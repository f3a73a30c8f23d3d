import type { Evidence, Severity } from '../../../model/fault.ts';
import type { Kind } from '../../../model/kinds.ts';
import type { Trade } from '../../../model/site.ts';
import type { Ticket, TicketEvent, TicketEventType, TicketState } from '../../../model/ticket.ts';
import type { TicketEventRow, TicketRow } from './schema.ts';

const TICKET_ID = /^T-([1-9][0-9]{0,14})$/;

/** n of `T-n`, or undefined when the id is none of ours. */
export function ticketNumber(id: string): number | undefined {
  const digits = TICKET_ID.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function ticketId(number: number): string {
  return `T-${number}`;
}

/** As `ticketNumber`, for an id that must be one. */
export function requiredNumber(id: string): number {
  const number = ticketNumber(id);
  if (number === undefined) throw new RangeError(`"${id}" is no ticket id; ids are T-1, T-2, …`);
  return number;
}

export function rowOfTicket(ticket: Ticket): TicketRow {
  const { id, fault_active, members, evidence, ...rest } = ticket;
  return {
    ...rest,
    number: requiredNumber(id),
    fault_active: fault_active ? 1 : 0,
    members: JSON.stringify(members),
    evidence: evidence === null ? null : JSON.stringify(evidence),
  };
}

/** The columns with closed vocabularies were written by `rowOfTicket`, which is why they are believed. */
export function ticketOfRow(row: TicketRow): Ticket {
  const { number, fault_active, members, evidence, ...rest } = row;
  return {
    ...rest,
    id: ticketId(number),
    kind: row.kind as Kind,
    severity: row.severity as Severity,
    trade: row.trade as Trade,
    state: row.state as TicketState,
    fault_active: fault_active === 1,
    members: JSON.parse(members) as string[],
    evidence: evidence === null ? null : (JSON.parse(evidence) as Evidence),
  };
}

export function rowOfEvent(event: TicketEvent, seq: number): TicketEventRow {
  return {
    ...event,
    ticket: requiredNumber(event.ticket),
    seq,
    assignee: event.assignee ?? null,
    severity: event.severity ?? null,
  };
}

export function eventOfRow(row: TicketEventRow): TicketEvent {
  const { seq: _seq, assignee, severity, ...rest } = row;
  return {
    ...rest,
    ticket: ticketId(row.ticket),
    type: row.type as TicketEventType,
    state: row.state as TicketState,
    ...(assignee === null ? {} : { assignee }),
    ...(severity === null ? {} : { severity: severity as Severity }),
  };
}
