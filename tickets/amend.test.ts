import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Fault } from '../model/fault.ts';
import { decide } from './decide.ts';
import { after, person } from './life.testkit.ts';
import { ticketPolicy } from './policy.ts';
import { changeAt, DIRECTORY, START } from './tickets.testkit.ts';

const context = { directory: DIRECTORY, policy: ticketPolicy(), nextId: () => 'T-9' };

describe('members of a rolled-up fault', () => {
  const circuit = (members: readonly string[]) => ({ rule: 'CircuitOut', asset: 'c1', members });

  it('join and leave with a line of history', () => {
    const known = after(
      changeAt('firing', 0, circuit(['l1', 'l2', 'l3'])),
      changeAt('amended', MINUTE_MS, circuit(['l2', 'l3', 'l4'])),
      changeAt('amended', 2 * MINUTE_MS, circuit(['l2', 'l3', 'l4'])),
    );
    expect(known.ticket.members).toEqual(['l2', 'l3', 'l4']);
    expect(known.events.map((event) => event.note).slice(2)).toEqual(['joined: l4; left: l1']);
  });
});

describe('a fault that grows worse', () => {
  const pump = (severity: Fault['severity']) => ({ rule: 'PumpVibration', asset: 'p1', severity });

  it('makes its ticket more severe and leaves less time; that it grows milder takes nothing back', () => {
    const worse = after(
      changeAt('firing', 0, pump('major')),
      changeAt('amended', MINUTE_MS, pump('critical')),
    );
    expect(worse.ticket).toMatchObject({
      severity: 'critical',
      state: 'assigned',
      respond_by: START + MINUTE_MS + 15 * MINUTE_MS,
      resolve_by: START + MINUTE_MS + 4 * HOUR_MS,
    });
    expect(worse.events.at(-1)).toMatchObject({
      type: 'noted',
      who: 'rules',
      severity: 'critical',
      note: 'now critical: 0.4 W where 80 W are expected',
    });
    expect(decide(changeAt('amended', HOUR_MS, pump('minor')), worse, context)).toEqual([]);
  });

  it('has the severity of its new time when it comes back', () => {
    const { ticket } = after(
      changeAt('firing', 0, pump('critical')),
      changeAt('cleared', HOUR_MS, pump('critical')),
      changeAt('proved', 2 * HOUR_MS, pump('critical')),
      changeAt('firing', DAY_MS, pump('major')),
    );
    expect(ticket).toMatchObject({ severity: 'major', resolve_by: START + 2 * DAY_MS, reopened: 1 });
  });
});

describe('old news, which a replay brings again when it had no effect the first time', () => {
  it.each([
    ['a clearing from before the ticket', changeAt('cleared', -HOUR_MS), [changeAt('firing', 0)]],
    [
      'a proof of the time before',
      changeAt('proved', 3 * HOUR_MS),
      [
        changeAt('firing', 0),
        changeAt('cleared', HOUR_MS),
        person('prove', 2 * HOUR_MS),
        changeAt('firing', 4 * HOUR_MS),
        changeAt('cleared', 5 * HOUR_MS),
      ],
    ],
    [
      'members of the time before',
      changeAt('amended', MINUTE_MS, { members: ['l1'] }),
      [
        changeAt('firing', 0, { members: ['l1'] }),
        changeAt('amended', 2 * MINUTE_MS, { members: ['l1', 'l2'] }),
      ],
    ],
  ])('%s has none now', (_what, change, steps) => {
    expect(decide(change, after(...steps), context)).toEqual([]);
  });
});
