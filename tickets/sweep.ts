import { HOUR_MS } from '../model/clock.ts';
import type { Ticket, TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { advance, RULES, renewedLimits } from './lifecycle.ts';
import type { TicketPolicy } from './policy.ts';

const SWEEP = 'sweep/';

/** Whether an event came of the clock, not of telemetry: its time is when we looked, not when it happened. */
export function isSweepCause(cause: string): boolean {
  return cause.startsWith(SWEEP);
}

/**
 * The failed proof: a ticket that was finished and whose fault still fires when the policy's patience is over is work
 * again. Undefined when it is not so. `events` is the ticket's history, oldest first.
 */
export function stillFiring(
  ticket: Ticket,
  events: readonly TicketEvent[],
  policy: TicketPolicy,
  now: number,
): TicketChange | undefined {
  if (ticket.state !== 'done' || !ticket.fault_active) return undefined;
  const finished = events.findLast((event) => event.type === 'finished');
  if (!finished || now - finished.at < policy.proofPatienceMs) return undefined;
  const hours = Math.floor((now - finished.at) / HOUR_MS);
  const event: TicketEvent = {
    ticket: ticket.id,
    type: 'reopened',
    at: now,
    who: RULES,
    note: `still firing ${hours} h after it was finished`,
    state: ticket.assignee === null ? 'open' : 'assigned',
    cause: `${SWEEP}${finished.cause}`,
  };
  return advance(ticket, event, renewedLimits(ticket, now, policy.limits(ticket.site, ticket.severity)));
}
