import { StewardError } from '../model/codes.ts';
import type { Directory } from '../model/directory.ts';
import type { Role } from '../model/site.ts';
import {
  isOpenState,
  TICKET_ACTIONS,
  type Ticket,
  type TicketAction,
  type TicketEvent,
  type TicketEventType,
  type TicketState,
} from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { advance, renewedLimits, WAYS } from './lifecycle.ts';
import type { TicketPolicy } from './policy.ts';

/** Longest note that is kept, in UTF-16 units. */
export const NOTE_MAX_LENGTH = 2_000;

/** The signed-in person who acts. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
}

export interface ActRequest {
  readonly action: TicketAction;
  /** Why, what was seen: needed for hold, reopen, cancel, note and prove. */
  readonly note?: string | undefined;
  /** A person's id, for `assign`. */
  readonly assignee?: string | undefined;
  readonly by: Actor;
}

export interface ActContext {
  readonly directory: Directory;
  readonly policy: TicketPolicy;
  readonly at: number;
  /** Unique for the event that is made. */
  readonly cause: string;
}

const EVENT_OF: Readonly<Record<TicketAction, TicketEventType>> = {
  acknowledge: 'acknowledged',
  start: 'started',
  hold: 'held',
  finish: 'finished',
  reopen: 'reopened',
  cancel: 'cancelled',
  assign: 'assigned',
  note: 'noted',
  prove: 'proved',
};

/** What a missing note should have said. */
const NOTE_ASKED: Readonly<Partial<Record<TicketAction, string>>> = {
  hold: 'what the work waits for',
  reopen: 'why the work is not done',
  cancel: '"nothing found", "duplicate of T-…", "planned work", or the reason in other words',
  note: 'the note',
  prove: 'what the return visit saw',
};

/**
 * What a person of that role can do with the ticket now. Viewers look. Staff and managers work; whom staff may
 * assign to (themselves) is checked when they do.
 */
export function actionsFor(ticket: Ticket, role: Role): readonly TicketAction[] {
  if (role === 'viewer') return [];
  return TICKET_ACTIONS.filter((action) => {
    // Nothing is closed by saying so: while the rule fires, telemetry says the opposite.
    if (action === 'prove' && ticket.fault_active) return false;
    return WAYS[EVENT_OF[action]][ticket.state] !== undefined;
  });
}

function stateAfter(ticket: Ticket, action: TicketAction): TicketState {
  switch (action) {
    case 'acknowledge':
      return 'acknowledged';
    case 'start':
      return 'in_progress';
    case 'hold':
      return 'on_hold';
    case 'finish':
      return ticket.proof !== null && !ticket.fault_active ? 'proving' : 'done';
    case 'reopen':
      return ticket.assignee === null ? 'open' : 'assigned';
    case 'cancel':
      return 'cancelled';
    case 'assign':
      return ticket.state === 'done' || ticket.state === 'proving' ? ticket.state : 'assigned';
    case 'note':
      return ticket.state;
    case 'prove':
      return 'closed';
  }
}

function impossible(ticket: Ticket, action: TicketAction, role: Role): StewardError {
  const why =
    action === 'prove' && ticket.fault_active && isOpenState(ticket.state)
      ? ' while its rule still fires'
      : '';
  const possible = actionsFor(ticket, role).join(', ');
  return new StewardError(
    'action_impossible',
    `${ticket.id} is ${ticket.state}: "${action}" is not possible${why}; possible: ${possible}`,
  );
}

function checkedNote(request: ActRequest): string {
  const note = request.note?.trim() ?? '';
  const asked = NOTE_ASKED[request.action];
  if (note === '' && asked !== undefined) {
    throw new StewardError('request_invalid', `note: "${request.action}" needs ${asked}`);
  }
  if (note.length > NOTE_MAX_LENGTH) {
    throw new StewardError('request_invalid', `note: longer than ${NOTE_MAX_LENGTH} characters`);
  }
  return note;
}

/** Whose the ticket is after the action, when the action says so: who takes up what is nobody's has it. */
function assigneeAfter(ticket: Ticket, request: ActRequest, directory: Directory): string | undefined {
  const { action, assignee, by } = request;
  if (action !== 'assign') {
    const takes = action === 'acknowledge' || action === 'start' || action === 'finish';
    return takes && ticket.assignee === null ? by.id : undefined;
  }
  if (assignee === undefined) throw new StewardError('request_invalid', 'assignee: whom to assign to?');
  if (by.role !== 'manager' && assignee !== by.id) {
    throw new StewardError('forbidden', 'staff assign to themselves; a manager assigns to others');
  }
  const person = directory.person(assignee);
  if (!person || person.role === 'viewer') {
    throw new StewardError('request_invalid', `assignee: "${assignee}" is none of the staff`);
  }
  return assignee;
}

/**
 * What the person's action does to the ticket. Pure.
 *
 * @throws StewardError `forbidden` for the role, `action_impossible` naming the state and what is possible,
 * `request_invalid` for a note or an assignee that is missing or wrong.
 */
export function act(ticket: Ticket, request: ActRequest, context: ActContext): TicketChange {
  const { action, by } = request;
  if (by.role === 'viewer') {
    throw new StewardError('forbidden', `${by.id} may look at tickets but not work on them`);
  }
  if (!actionsFor(ticket, by.role).includes(action)) throw impossible(ticket, action, by.role);
  const note = checkedNote(request);
  const assignee = assigneeAfter(ticket, request, context.directory);
  const event: TicketEvent = {
    ticket: ticket.id,
    type: EVENT_OF[action],
    at: context.at,
    who: by.id,
    note,
    state: stateAfter(ticket, action),
    ...(assignee === undefined ? {} : { assignee }),
    cause: context.cause,
  };
  const limits = context.policy.limits(ticket.site, ticket.severity);
  const renewed = action === 'reopen' ? renewedLimits(ticket, context.at, limits) : {};
  return advance(ticket, event, renewed);
}
