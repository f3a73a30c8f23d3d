import type { Ticket, TicketEvent } from '../../model/ticket.ts';
import type { TicketChange } from './contract.ts';

/** A dark lamp's ticket, just opened; tests say what differs. */
export function ticketOf(id: string, differs: Partial<Ticket> = {}): Ticket {
  return {
    id,
    key: `LampOut/${id.toLowerCase()}`,
    rule: 'LampOut',
    site: 'mill-lane',
    zone: 'north',
    asset: id.toLowerCase(),
    kind: 'luminaire',
    severity: 'minor',
    title: `Lamp "${id}" is dark; it's night`,
    trade: 'electrician',
    state: 'assigned',
    assignee: 'erin',
    opened_at: 1_764_000_000_000,
    respond_by: 1_764_086_400_000,
    resolve_by: 1_764_432_000_000,
    acknowledged_at: null,
    closed_at: null,
    reopened: 0,
    fault_active: true,
    members: [],
    evidence: {
      expression: 'avg(power_w, "10m") < 5.0',
      text: 'power is far below what the level asks for – 0.4 W',
      values: { power_w: 0.4, on: true, level: null, mode: 'night' },
      metrics: ['power_w'],
      from: 1_763_999_000_000,
      to: 1_764_000_000_000,
    },
    proof: 'one full night at expected power',
    resolution: null,
    updated_at: 1_764_000_000_000,
    ...differs,
  };
}

/** The ticket as it is after an event that `differs` describes. */
export function changeOf(ticket: Ticket, cause: string, differs: Partial<TicketEvent> = {}): TicketChange {
  const event: TicketEvent = {
    ticket: ticket.id,
    type: 'noted',
    at: ticket.updated_at,
    who: 'rules',
    note: 'äöü "quoted"; -- 漢',
    state: ticket.state,
    cause,
    ...differs,
  };
  return { event, ticket };
}
