import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Fault } from '../model/fault.ts';
import { decide, type KnownTicket } from './decide.ts';
import { after, person, type Step } from './life.testkit.ts';
import { ticketPolicy } from './policy.ts';
import { changeAt, DIRECTORY, START } from './tickets.testkit.ts';

const policy = ticketPolicy();
const context = { directory: DIRECTORY, policy, nextId: () => 'T-9' };

const types = (known: KnownTicket): readonly string[] => known.events.map((event) => event.type);

describe('a fault that fires', () => {
  it('opens a ticket that is born with its person, its reason and its time limits', () => {
    const { ticket, events } = after(changeAt('firing', 0));
    expect(ticket).toMatchObject({
      id: 'T-9',
      key: 'LampOut/l1',
      state: 'assigned',
      assignee: 'erin',
      opened_at: START,
      respond_by: START + DAY_MS,
      resolve_by: START + 5 * DAY_MS,
      fault_active: true,
      evidence: { text: '0.4 W where 80 W are expected' },
      proof: 'one full night at expected power',
    });
    expect(events).toMatchObject([
      { type: 'opened', who: 'rules', note: '0.4 W where 80 W are expected', cause: 'LampOut/l1@0/firing' },
      { type: 'assigned', assignee: 'erin', note: 'Erin Sparks is called for electrician in this zone' },
    ]);
  });

  it.each<[string, Partial<Fault>, string | null, string]>([
    ['the trade of the zone', {}, 'erin', 'assigned'],
    ['the steward, for a trade that the zone has nobody for', { trade: 'plumber' }, 'stew', 'assigned'],
    ['the steward of another zone', { zone: 'south' }, 'stew', 'assigned'],
    ['nobody, in a zone that is gone from the site file', { zone: 'gone' }, null, 'open'],
  ])('calls %s', (_who, fault, assignee, state) => {
    expect(after(changeAt('firing', 0, fault)).ticket).toMatchObject({ assignee, state });
  });

  it('says nothing twice', () => {
    const known = after(changeAt('firing', 0));
    expect(decide(changeAt('firing', HOUR_MS), known, context)).toEqual([]);
  });
});

describe('a fault that clears', () => {
  it.each<[string, readonly Step[]]>([
    ['before anybody looked', []],
    ['after it was acknowledged', [person('acknowledge', MINUTE_MS)]],
    ['in the midst of the work', [person('start', MINUTE_MS)]],
    ['while the work waits', [person('start', MINUTE_MS), person('hold', 2 * MINUTE_MS)]],
    ['after the work', [person('finish', MINUTE_MS)]],
  ])('%s goes to proving, or without a proof to a return visit', (_when, steps) => {
    const withProof = after(changeAt('firing', 0), ...steps, changeAt('cleared', HOUR_MS));
    expect(withProof.ticket).toMatchObject({ state: 'proving', fault_active: false });
    const visit = { proof: undefined };
    const without = after(changeAt('firing', 0, visit), ...steps, changeAt('cleared', HOUR_MS, visit));
    expect(without.ticket).toMatchObject({ state: 'done', fault_active: false });
  });

  it('and is proved closes the ticket with the proof as its resolution', () => {
    const { ticket, events } = after(
      changeAt('firing', 0),
      changeAt('cleared', HOUR_MS),
      changeAt('proved', DAY_MS),
    );
    expect(ticket).toMatchObject({
      state: 'closed',
      closed_at: START + DAY_MS,
      resolution: 'telemetry showed: one full night at expected power',
    });
    expect(events.at(-1)).toMatchObject({ type: 'proved', who: 'rules', state: 'closed' });
  });

  it('without anything having fired is nothing', () => {
    for (const type of ['cleared', 'proved', 'amended'] as const) {
      expect(decide(changeAt(type, 0), undefined, context)).toEqual([]);
    }
  });

  it('adds its word to what a person ended, so that a replay finds it recorded', () => {
    const steps = [changeAt('firing', 0), person('cancel', MINUTE_MS), changeAt('cleared', HOUR_MS)];
    const known = after(...steps, changeAt('proved', DAY_MS));
    expect(known.ticket).toMatchObject({ state: 'cancelled', resolution: 'because', fault_active: false });
    expect(types(known)).toEqual(['opened', 'assigned', 'cancelled', 'fault_cleared', 'noted']);
  });

  it('adds its word, and no more, to what a person took up again', () => {
    const known = after(
      changeAt('firing', 0),
      changeAt('cleared', HOUR_MS),
      person('reopen', 2 * HOUR_MS),
      changeAt('proved', DAY_MS),
    );
    expect(known.ticket.state).toBe('assigned');
    expect(known.events.at(-1)).toMatchObject({ type: 'noted', who: 'rules' });
  });
});

describe('a fault that comes back', () => {
  it('while it is being proved makes it work again, for the same person and with the time that is left', () => {
    const back = changeAt('firing', 2 * HOUR_MS, { evidence: changeAt('firing', 0).fault.evidence });
    const known = after(
      changeAt('firing', 0),
      person('finish', MINUTE_MS),
      changeAt('cleared', HOUR_MS),
      back,
    );
    expect(known.ticket).toMatchObject({
      id: 'T-9',
      state: 'assigned',
      assignee: 'erin',
      reopened: 1,
      fault_active: true,
      acknowledged_at: null,
      respond_by: START + 2 * HOUR_MS + DAY_MS,
      resolve_by: START + 5 * DAY_MS,
    });
    expect(types(known).slice(-2)).toEqual(['fault_returned', 'reopened']);
  });

  it('in the midst of the work moves nothing', () => {
    const known = after(
      changeAt('firing', 0),
      changeAt('cleared', HOUR_MS),
      person('reopen', 2 * HOUR_MS),
      person('start', 3 * HOUR_MS),
      changeAt('firing', 4 * HOUR_MS),
    );
    expect(known.ticket).toMatchObject({ state: 'in_progress', fault_active: true, reopened: 1 });
    expect(known.events.at(-1)?.type).toBe('fault_returned');
  });

  const closed = [changeAt('firing', 0), changeAt('cleared', HOUR_MS), changeAt('proved', DAY_MS)];

  it.each([
    ['at once', DAY_MS, 'T-9', 1],
    ['30 days later', 31 * DAY_MS, 'T-9', 1],
    ['later than that', 31 * DAY_MS + 1, 'T-10', 0],
  ])('after closing, %s', (_when, afterMs, id, reopened) => {
    const next = { ...context, nextId: () => 'T-10' };
    const changes = decide(changeAt('firing', afterMs), after(...closed), next);
    expect(changes.at(-1)?.ticket).toMatchObject({ id, reopened, state: 'assigned', closed_at: null });
    expect(changes.at(-1)?.ticket.resolve_by).toBe(START + afterMs + 5 * DAY_MS);
  });

  it('after the ticket was cancelled gets a new ticket', () => {
    const known = after(changeAt('firing', 0), person('cancel', MINUTE_MS), changeAt('cleared', HOUR_MS));
    expect(known.ticket).toMatchObject({ state: 'cancelled', fault_active: false, resolution: 'because' });
    const next = { ...context, nextId: () => 'T-10' };
    expect(decide(changeAt('firing', DAY_MS), known, next).at(-1)?.ticket.id).toBe('T-10');
  });
});
