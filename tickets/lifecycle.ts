import type { FaultChange } from '../model/fault.ts';
import type { Ticket, TicketEvent, TicketEventType, TicketState } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import type { TimeLimits } from './policy.ts';

/** Who did what telemetry did. */
export const RULES = 'rules';

type Ways = Readonly<Partial<Record<TicketState, readonly TicketState[]>>>;

const UNFINISHED = ['open', 'assigned', 'acknowledged', 'in_progress', 'on_hold'] as const;
const OPEN = [...UNFINISHED, 'done', 'proving'] as const;
const ENDED = ['closed', 'cancelled'] as const;
/** Work again: with somebody, or waiting for somebody. */
const AGAIN = ['assigned', 'open'] as const;

function to(from: readonly TicketState[], ...states: readonly TicketState[]): Ways {
  return Object.fromEntries(from.map((state) => [state, states]));
}

function unmoved(states: readonly TicketState[]): Ways {
  return Object.fromEntries(states.map((state) => [state, [state]]));
}

/** Every way of a ticket: what may happen in which state, and where it may lead. Nothing else is ever recorded. */
export const WAYS: Readonly<Record<TicketEventType, Ways>> = {
  opened: {},
  assigned: { ...to(UNFINISHED, 'assigned'), ...unmoved(['done', 'proving']) },
  acknowledged: to(['open', 'assigned'], 'acknowledged'),
  started: to(['open', 'assigned', 'acknowledged', 'on_hold'], 'in_progress'),
  held: to(['assigned', 'acknowledged', 'in_progress'], 'on_hold'),
  // From proving: the lamp was lit again before the electrician reached for the phone.
  finished: { ...to(UNFINISHED, 'done', 'proving'), ...unmoved(['proving']) },
  fault_cleared: { ...to([...UNFINISHED, 'done'], 'done', 'proving'), ...unmoved(ENDED) },
  // What telemetry saw; `reopened` follows at once where the work was thought to be over.
  fault_returned: unmoved([...OPEN, 'closed']),
  members_changed: unmoved([...OPEN, 'cancelled']),
  proved: to(['done', 'proving'], 'closed'),
  reopened: to(['done', 'proving', ...ENDED], ...AGAIN),
  cancelled: to(OPEN, 'cancelled'),
  noted: unmoved([...OPEN, ...ENDED]),
};

/** What an event brings to its ticket besides itself. */
export type TicketFacts = Partial<
  Pick<Ticket, 'respond_by' | 'resolve_by' | 'members' | 'evidence' | 'title' | 'proof'>
>;

/** Time limits that start anew. Work that was only thought to be done keeps its time to be mended. */
export function renewedLimits(ticket: Ticket, at: number, limits: TimeLimits): TicketFacts {
  const respond_by = at + limits.respondMs;
  const ended = ticket.state === 'closed' || ticket.state === 'cancelled';
  return ended ? { respond_by, resolve_by: at + limits.resolveMs } : { respond_by };
}

function faultActive(ticket: Ticket, event: TicketEvent): boolean {
  if (event.type === 'fault_cleared') return false;
  return event.type === 'fault_returned' || ticket.fault_active;
}

function acknowledgedAt(ticket: Ticket, event: TicketEvent): number | null {
  if (event.type === 'reopened') return null;
  const answers = event.type === 'acknowledged' || event.type === 'started' || event.type === 'finished';
  return answers ? (ticket.acknowledged_at ?? event.at) : ticket.acknowledged_at;
}

function resolutionAfter(ticket: Ticket, event: TicketEvent): string | null {
  if (event.type === 'proved' || event.type === 'cancelled') return event.note;
  return event.type === 'reopened' ? null : ticket.resolution;
}

/**
 * When the ticket was last changed: the event's time, but always later than before, also when telemetry, which speaks
 * of the past, is heard after a person. A change of severity leaves a millisecond free: there the old one ends.
 */
export function updatedAt(event: TicketEvent, before: Pick<Ticket, 'updated_at' | 'severity'>): number {
  const moved = event.severity !== undefined && event.severity !== before.severity;
  return Math.max(event.at, before.updated_at + (moved ? 2 : 1));
}

/**
 * The ticket after the event: the only way that a ticket changes.
 *
 * @throws RangeError when the event leads where `WAYS` does not: a mistake in the caller.
 */
export function advance(ticket: Ticket, event: TicketEvent, facts: TicketFacts = {}): TicketChange {
  if (!WAYS[event.type][ticket.state]?.includes(event.state)) {
    throw new RangeError(`${ticket.id}: ${event.type} cannot lead from ${ticket.state} to ${event.state}`);
  }
  const next: Ticket = {
    ...ticket,
    ...facts,
    state: event.state,
    assignee: event.assignee ?? ticket.assignee,
    severity: event.severity ?? ticket.severity,
    acknowledged_at: acknowledgedAt(ticket, event),
    closed_at: event.state === 'closed' ? (ticket.closed_at ?? event.at) : null,
    reopened: ticket.reopened + (event.type === 'reopened' ? 1 : 0),
    fault_active: faultActive(ticket, event),
    resolution: resolutionAfter(ticket, event),
    updated_at: updatedAt(event, ticket),
  };
  return { event, ticket: next, before: ticket };
}

/** A fault's new ticket, nobody's yet. */
export function openTicket(id: string, change: FaultChange, limits: TimeLimits): TicketChange {
  const { fault, at, cause } = change;
  const ticket: Ticket = {
    id,
    key: fault.key,
    rule: fault.rule,
    site: fault.site,
    zone: fault.zone,
    asset: fault.asset,
    kind: fault.kind,
    severity: fault.severity,
    title: fault.title,
    trade: fault.trade,
    state: 'open',
    assignee: null,
    opened_at: at,
    respond_by: at + limits.respondMs,
    resolve_by: at + limits.resolveMs,
    acknowledged_at: null,
    closed_at: null,
    reopened: 0,
    fault_active: true,
    members: fault.members,
    evidence: fault.evidence,
    proof: fault.proof ?? null,
    resolution: null,
    updated_at: at,
  };
  const event: TicketEvent = {
    ticket: id,
    type: 'opened',
    at,
    who: RULES,
    note: fault.evidence.text,
    state: 'open',
    severity: fault.severity,
    cause,
  };
  return { event, ticket };
}

/** What telemetry's change says on the ticket. */
export function eventOf(
  change: FaultChange,
  ticket: Ticket,
  says: Pick<TicketEvent, 'type' | 'note' | 'state'>,
): TicketEvent {
  return { ticket: ticket.id, at: change.at, who: RULES, cause: change.cause, ...says };
}
