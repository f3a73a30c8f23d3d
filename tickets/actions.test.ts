import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../model/clock.ts';
import type { Role } from '../model/site.ts';
import {
  TICKET_ACTIONS,
  TICKET_STATES,
  type Ticket,
  type TicketAction,
  type TicketState,
} from '../model/ticket.ts';
import { act, actionsFor } from './actions.ts';
import { openTicket } from './lifecycle.ts';
import { ticketPolicy } from './policy.ts';
import { changeAt, DIRECTORY, START } from './tickets.testkit.ts';

const policy = ticketPolicy();
const born = openTicket('T-5', changeAt('firing', 0), policy.limits('mill-lane', 'minor')).ticket;
const ended = (state: TicketState): boolean => ['proving', 'closed'].includes(state);
const ticketIn = (state: TicketState, differs: Partial<Ticket> = {}): Ticket => ({
  ...born,
  state,
  assignee: state === 'open' ? null : 'erin',
  fault_active: !ended(state),
  ...differs,
});

function does(
  ticket: Ticket,
  action: TicketAction,
  how: { note?: string; assignee?: string; id?: string; role?: Role } = {},
) {
  const { note = 'because', assignee = 'erin', id = 'erin', role = 'staff' } = how;
  const request = { action, note, assignee, by: { id, role } };
  return act(ticket, request, { directory: DIRECTORY, policy, at: START + HOUR_MS, cause: 'T-5#3' });
}

const _ = null;
// A table, to be read against docs/tickets.md.
// biome-ignore format: a table
const TABLE: Record<TicketState, Record<TicketAction, TicketState | null>> = {
  //               acknowledge                 start                 hold              finish             reopen              cancel               assign              note                  prove
  open:         { acknowledge: 'acknowledged', start: 'in_progress', hold: _,         finish: 'done',    reopen: _,          cancel: 'cancelled', assign: 'assigned', note: 'open',         prove: _ },
  assigned:     { acknowledge: 'acknowledged', start: 'in_progress', hold: 'on_hold', finish: 'done',    reopen: _,          cancel: 'cancelled', assign: 'assigned', note: 'assigned',     prove: _ },
  acknowledged: { acknowledge: _,              start: 'in_progress', hold: 'on_hold', finish: 'done',    reopen: _,          cancel: 'cancelled', assign: 'assigned', note: 'acknowledged', prove: _ },
  in_progress:  { acknowledge: _,              start: _,             hold: 'on_hold', finish: 'done',    reopen: _,          cancel: 'cancelled', assign: 'assigned', note: 'in_progress',  prove: _ },
  on_hold:      { acknowledge: _,              start: 'in_progress', hold: _,         finish: 'done',    reopen: _,          cancel: 'cancelled', assign: 'assigned', note: 'on_hold',      prove: _ },
  done:         { acknowledge: _,              start: _,             hold: _,         finish: _,         reopen: 'assigned', cancel: 'cancelled', assign: 'done',     note: 'done',         prove: _ },
  proving:      { acknowledge: _,              start: _,             hold: _,         finish: 'proving', reopen: 'assigned', cancel: 'cancelled', assign: 'proving',  note: 'proving',      prove: 'closed' },
  closed:       { acknowledge: _,              start: _,             hold: _,         finish: _,         reopen: 'assigned', cancel: _,           assign: _,          note: 'closed',       prove: _ },
  cancelled:    { acknowledge: _,              start: _,             hold: _,         finish: _,         reopen: 'assigned', cancel: _,           assign: _,          note: 'cancelled',    prove: _ },
};

describe('what people can do', () => {
  it.each(TICKET_STATES)('in state %s', (state) => {
    const ticket = ticketIn(state);
    const possible = TICKET_ACTIONS.filter((action) => TABLE[state][action] !== null);
    for (const role of ['staff', 'manager'] as const) expect(actionsFor(ticket, role)).toEqual(possible);
    for (const action of TICKET_ACTIONS) {
      const next = TABLE[state][action];
      if (next === null) {
        expect(() => does(ticket, action), action).toThrow(
          expect.objectContaining({ code: 'action_impossible' }),
        );
      } else {
        expect(does(ticket, action).ticket.state, action).toBe(next);
      }
    }
  });

  it('says the state and what is possible when something is not', () => {
    expect(() => does(ticketIn('closed'), 'start')).toThrow(
      'T-5 is closed: "start" is not possible; possible: reopen, note',
    );
    expect(() => does(ticketIn('done'), 'prove')).toThrow(
      '"prove" is not possible while its rule still fires',
    );
  });

  it('is nothing for viewers', () => {
    expect(actionsFor(ticketIn('assigned'), 'viewer')).toEqual([]);
    for (const action of TICKET_ACTIONS) {
      expect(() => does(ticketIn('assigned'), action, { id: 'vic', role: 'viewer' })).toThrow(
        expect.objectContaining({ code: 'forbidden' }),
      );
    }
  });
});

describe('finishing', () => {
  it.each([
    ['the rule fires on: done, until it clears', true, 'one night', 'done'],
    ['the rule is silent: the proof has begun', false, 'one night', 'proving'],
    ['telemetry cannot prove it: a return visit', false, null, 'done'],
  ])('when %s', (_when, fault_active, proof, state) => {
    const { ticket } = does(ticketIn('in_progress', { fault_active, proof }), 'finish');
    expect(ticket).toMatchObject({ state, acknowledged_at: START + HOUR_MS });
  });

  it('a return visit closes, with what was seen', () => {
    const seen = { note: ' lamp lit, cover tight ' };
    const { ticket, event } = does(ticketIn('done', { fault_active: false, proof: null }), 'prove', seen);
    expect(ticket).toMatchObject({
      state: 'closed',
      closed_at: START + HOUR_MS,
      resolution: 'lamp lit, cover tight',
    });
    expect(event).toMatchObject({ type: 'proved', who: 'erin', note: 'lamp lit, cover tight' });
  });
});

describe('reasons', () => {
  it.each(['hold', 'reopen', 'cancel', 'note', 'prove'] as const)('%s asks for one', (action) => {
    const state = {
      hold: 'assigned',
      reopen: 'closed',
      cancel: 'open',
      note: 'open',
      prove: 'proving',
    } as const;
    for (const note of ['', ' \n']) {
      expect(() => does(ticketIn(state[action]), action, { note })).toThrow(
        expect.objectContaining({ code: 'request_invalid', message: expect.stringContaining(action) }),
      );
    }
    expect(() => does(ticketIn(state[action]), action, { note: 'x'.repeat(2_001) })).toThrow('2000');
  });

  it('stay on a cancelled ticket until it is taken up again', () => {
    const cancelled = does(ticketIn('assigned'), 'cancel', { note: 'planned work' }).ticket;
    expect(cancelled).toMatchObject({ resolution: 'planned work', closed_at: null });
    expect(does(cancelled, 'reopen').ticket).toMatchObject({ resolution: null, reopened: 1 });
  });
});

describe('assigning', () => {
  it.each<[string, { id: string; role: Role; assignee: string }, string | null]>([
    ['a manager assigns to anybody of the staff', { id: 'mia', role: 'manager', assignee: 'stew' }, null],
    ['staff take a ticket themselves', { id: 'stew', role: 'staff', assignee: 'stew' }, null],
    ['staff do not give it to others', { id: 'erin', role: 'staff', assignee: 'stew' }, 'forbidden'],
    ['nobody assigns to a viewer', { id: 'mia', role: 'manager', assignee: 'vic' }, 'request_invalid'],
    ['nobody assigns to a stranger', { id: 'mia', role: 'manager', assignee: 'bob' }, 'request_invalid'],
  ])('%s', (_what, how, code) => {
    const ticket = ticketIn('in_progress');
    if (code === null) expect(does(ticket, 'assign', how).ticket.assignee).toBe(how.assignee);
    else expect(() => does(ticket, 'assign', how)).toThrow(expect.objectContaining({ code }));
  });

  it.each(['acknowledge', 'start', 'finish'] as const)(
    'who takes up what is nobody’s has it: %s',
    (action) => {
      expect(does(ticketIn('open'), action, { id: 'stew' }).ticket.assignee).toBe('stew');
      expect(does(ticketIn('assigned'), action, { id: 'stew' }).ticket.assignee).toBe('erin');
    },
  );
});

describe('re-opening', () => {
  it('of what was ended starts both time limits anew; of what was only done, the first', () => {
    const at = START + HOUR_MS;
    const limits = policy.limits('mill-lane', 'minor');
    const ended = does(ticketIn('closed'), 'reopen').ticket;
    expect([ended.respond_by, ended.resolve_by]).toEqual([at + limits.respondMs, at + limits.resolveMs]);
    const done = does(ticketIn('done'), 'reopen').ticket;
    expect([done.respond_by, done.resolve_by]).toEqual([at + limits.respondMs, born.resolve_by]);
  });
});
