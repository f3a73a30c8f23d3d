import type { Directory } from '../model/directory.ts';
import type { Fault, FaultChange } from '../model/fault.ts';
import type { Trade } from '../model/site.ts';
import { isOpenState, type Ticket, type TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { amended, isWorse } from './amend.ts';
import { advance, eventOf, openTicket, RULES, renewedLimits, type TicketFacts } from './lifecycle.ts';
import type { TicketPolicy } from './policy.ts';
import { isSweepCause } from './sweep.ts';

/** The newest ticket of a fault's key with its history, oldest first. */
export interface KnownTicket {
  readonly ticket: Ticket;
  readonly events: readonly TicketEvent[];
}

export interface DecideContext {
  readonly directory: Directory;
  readonly policy: TicketPolicy;
  /** A ticket id that nobody has; asked for only when a ticket is opened. */
  nextId(): string;
}

/** The person whom a zone calls for a trade, else its steward; undefined for a zone that the site file lacks. */
export function calledFor(
  directory: Directory,
  site: string,
  zoneId: string,
  trade: Trade,
): string | undefined {
  const zone = directory.zone(site, zoneId);
  return zone && (zone.staff[trade] ?? zone.steward);
}

/**
 * What a change of a fault does to its ticket: nothing, or events with the ticket after each. Pure; the first event
 * has the change's cause, which makes a replay recognisable.
 *
 * Whatever reaches a ticket is recorded, on an ended one too: what is not recorded could have another effect when it
 * is replayed. A change that is older than what telemetry already said on the ticket is old news that a replay brings again
 * (it had no effect then, so its cause is not recorded) and has no effect now either. So the changes of one key must
 * come in the order of their event times, as the rules engine gives them.
 */
export function decide(
  change: FaultChange,
  known: KnownTicket | undefined,
  context: DecideContext,
): readonly TicketChange[] {
  if (known && change.at < heardAt(known)) return [];
  switch (change.type) {
    case 'firing':
      return firing(change, known?.ticket, context);
    case 'amended':
      return amended(change, known?.ticket, context.policy);
    case 'cleared':
      return cleared(change, known?.ticket);
    case 'proved':
      return proved(change, known?.ticket);
  }
}

/** Event time of the newest thing that telemetry said here. */
function heardAt({ events }: KnownTicket): number {
  const said = events.filter((event) => event.who === RULES && !isSweepCause(event.cause));
  return Math.max(Number.NEGATIVE_INFINITY, ...said.map((event) => event.at));
}

function factsOf(fault: Fault): TicketFacts {
  return {
    members: fault.members,
    evidence: fault.evidence,
    title: fault.title,
    proof: fault.proof ?? null,
  };
}

function firing(
  change: FaultChange,
  ticket: Ticket | undefined,
  context: DecideContext,
): readonly TicketChange[] {
  if (!ticket || ticket.state === 'cancelled') return opened(change, context);
  if (isOpenState(ticket.state)) return ticket.fault_active ? [] : returned(change, ticket, context);
  const within = change.at - (ticket.closed_at ?? change.at) <= context.policy.reopenWindowMs;
  return within ? returned(change, ticket, context) : opened(change, context);
}

function opened(change: FaultChange, { directory, policy, nextId }: DecideContext): readonly TicketChange[] {
  const { site, zone, severity, trade } = change.fault;
  const birth = openTicket(nextId(), change, policy.limits(site, severity));
  const assignee = calledFor(directory, site, zone, trade);
  if (assignee === undefined) return [birth];
  const event: TicketEvent = {
    ticket: birth.ticket.id,
    type: 'assigned',
    at: change.at,
    who: RULES,
    note: `${directory.person(assignee)?.name ?? assignee} is called for ${trade} in this zone`,
    state: 'assigned',
    assignee,
    cause: `${change.cause}/assigned`,
  };
  return [birth, advance(birth.ticket, event)];
}

/** The fault is back: in the midst of the work nothing moves, afterwards it is work again, for the same person. */
function returned(
  change: FaultChange,
  ticket: Ticket,
  { directory, policy }: DecideContext,
): readonly TicketChange[] {
  const { site, zone, trade } = ticket;
  const { severity } = change.fault;
  const inWork = isOpenState(ticket.state) && ticket.state !== 'done' && ticket.state !== 'proving';
  const moves = inWork ? isWorse(severity, ticket.severity) : severity !== ticket.severity;
  const note = change.fault.evidence.text;
  const event: TicketEvent = {
    ...eventOf(change, ticket, { type: 'fault_returned', note, state: ticket.state }),
    ...(moves ? { severity } : {}),
  };
  const back = advance(ticket, event, factsOf(change.fault));
  if (inWork) return [back];
  const assignee = ticket.assignee ?? calledFor(directory, site, zone, trade);
  const again: TicketEvent = {
    ticket: ticket.id,
    type: 'reopened',
    at: change.at,
    who: RULES,
    note: ticket.state === 'closed' ? 'the fault came back' : 'the proof failed: the fault came back',
    state: assignee === undefined ? 'open' : 'assigned',
    ...(assignee === undefined ? {} : { assignee }),
    cause: `${change.cause}/reopened`,
  };
  return [back, advance(back.ticket, again, renewedLimits(ticket, change.at, policy.limits(site, severity)))];
}

function cleared(change: FaultChange, ticket: Ticket | undefined): readonly TicketChange[] {
  if (!ticket?.fault_active) return [];
  if (!isOpenState(ticket.state)) {
    const note = 'the rule no longer fires';
    return [advance(ticket, eventOf(change, ticket, { type: 'fault_cleared', note, state: ticket.state }))];
  }
  const note =
    ticket.proof === null
      ? 'the rule no longer fires; a return visit closes the ticket'
      : `the rule no longer fires; to close, telemetry must show: ${ticket.proof}`;
  const state = ticket.proof === null ? 'done' : 'proving';
  return [advance(ticket, eventOf(change, ticket, { type: 'fault_cleared', note, state }))];
}

function proved(change: FaultChange, ticket: Ticket | undefined): readonly TicketChange[] {
  if (!ticket || ticket.fault_active) return [];
  const note = `telemetry showed: ${change.fault.proof ?? ticket.proof ?? 'the fault is gone'}`;
  if (ticket.state === 'proving') {
    return [advance(ticket, eventOf(change, ticket, { type: 'proved', note, state: 'closed' }))];
  }
  // Somebody ended it or took it up again by hand: they know more than the meter, which only adds its word.
  return [advance(ticket, eventOf(change, ticket, { type: 'noted', note, state: ticket.state }))];
}
