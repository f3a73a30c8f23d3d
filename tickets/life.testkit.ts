import type { FaultChange } from '../model/fault.ts';
import type { TicketAction } from '../model/ticket.ts';
import { act } from './actions.ts';
import { decide, type KnownTicket } from './decide.ts';
import { ticketPolicy } from './policy.ts';
import { DIRECTORY, grown, START } from './tickets.testkit.ts';

const policy = ticketPolicy();
const context = { directory: DIRECTORY, policy, nextId: () => 'T-9' };

/** A change of a fault, or what Erin does. */
export type Step = FaultChange | { readonly action: TicketAction; readonly at: number };

/** Erin does that, some time after the start. */
export const person = (action: TicketAction, afterMs: number): Step => ({ action, at: START + afterMs });

/** The ticket after telemetry and people did what the steps say. */
export function after(...steps: readonly Step[]): KnownTicket {
  let known: KnownTicket | undefined;
  for (const step of steps) {
    if ('type' in step) {
      const changes = decide(step, known, context);
      if (changes.length > 0) known = grown(known, changes);
    } else if (known) {
      const request = { action: step.action, note: 'because', by: { id: 'erin', role: 'staff' } } as const;
      const cause = `T-9#${known.events.length + 1}`;
      known = grown(known, [
        act(known.ticket, request, { directory: DIRECTORY, policy, at: step.at, cause }),
      ]);
    }
  }
  if (!known) throw new Error('no ticket');
  return known;
}
