import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { type DeskRig, deskOn, everything } from './desk.testkit.ts';
import { changeAt, START } from './tickets.testkit.ts';

const ERIN = { id: 'erin', role: 'staff' } as const;

let folder: string;
let files = 0;
let file: string;
let rig: DeskRig;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-tickets-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  file = join(folder, `${++files}.db`);
  rig = await deskOn(file);
});
afterEach(async () => rig.records.close());

describe('the life of a ticket at the desk', () => {
  it('from a dark lamp to a proved repair, and back when it is dark again', async () => {
    const { desk, clock, records } = rig;
    await desk.fault([changeAt('firing', 0)]);
    clock.set(START + 5 * MINUTE_MS);
    await desk.act({ ticket: 'T-1', action: 'acknowledge', by: ERIN });
    clock.set(START + HOUR_MS);
    await desk.act({ ticket: 'T-1', action: 'start', by: ERIN });
    await desk.act({ ticket: 'T-1', action: 'hold', note: 'driver ordered', by: ERIN });
    clock.set(START + 3 * HOUR_MS);
    const finished = await desk.act({ ticket: 'T-1', action: 'finish', note: 'new driver', by: ERIN });
    expect(finished).toMatchObject({ state: 'done', acknowledged_at: START + 5 * MINUTE_MS });
    await desk.fault([changeAt('cleared', 4 * HOUR_MS), changeAt('proved', DAY_MS)]);
    expect(await records.tickets.get('T-1')).toMatchObject({ state: 'closed', reopened: 0 });
    await desk.fault([changeAt('firing', 2 * DAY_MS)]);
    expect(await records.tickets.get('T-1')).toMatchObject({ state: 'assigned', reopened: 1 });
    expect((await records.tickets.events('T-1')).map((event) => [event.type, event.who])).toEqual([
      ['opened', 'rules'],
      ['assigned', 'rules'],
      ['acknowledged', 'erin'],
      ['started', 'erin'],
      ['held', 'erin'],
      ['finished', 'erin'],
      ['fault_cleared', 'rules'],
      ['proved', 'rules'],
      ['fault_returned', 'rules'],
      ['reopened', 'rules'],
    ]);
  });

  it('a fault that fires on a day after the work was finished makes it work again, once', async () => {
    const { desk, records, clock } = rig;
    await desk.fault([changeAt('firing', 0), changeAt('firing', 0, { asset: 'l2' })]);
    clock.set(START + HOUR_MS);
    for (const ticket of ['T-1', 'T-2']) await desk.act({ ticket, action: 'finish', by: ERIN });
    await desk.fault([changeAt('cleared', 2 * HOUR_MS, { asset: 'l2' })]);
    await desk.sweep(START + 24 * HOUR_MS);
    expect(await records.tickets.get('T-1')).toMatchObject({ state: 'done' });
    await desk.sweep(START + 25 * HOUR_MS);
    await desk.sweep(START + 26 * HOUR_MS);
    expect(await records.tickets.get('T-1')).toMatchObject({ state: 'assigned', reopened: 1 });
    expect((await records.tickets.events('T-1')).at(-1)?.note).toBe(
      'still firing 24 h after it was finished',
    );
    expect(await records.tickets.get('T-2')).toMatchObject({ state: 'proving', reopened: 0 });
    // Telemetry speaks of the time before the sweep: it is heard none the less.
    await desk.fault([changeAt('cleared', 24.5 * HOUR_MS)]);
    expect(await records.tickets.get('T-1')).toMatchObject({ state: 'proving', fault_active: false });
  });
});

describe('the desk', () => {
  it('gives ids in the order of opening, also within one call', async () => {
    await rig.desk.fault(['l1', 'l2', 'l3'].map((asset) => changeAt('firing', 0, { asset })));
    await rig.desk.fault([changeAt('firing', 0, { asset: 'l4' })]);
    const ids = (await everything(rig.records)).map(({ ticket }) => [ticket.id, ticket.asset]);
    expect(ids).toEqual([
      ['T-1', 'l1'],
      ['T-2', 'l2'],
      ['T-3', 'l3'],
      ['T-4', 'l4'],
    ]);
  });

  it('takes calls that come side by side one after the other', async () => {
    await rig.desk.fault([changeAt('firing', 0)]);
    const results = await Promise.allSettled(
      ['erin', 'stew'].map((id) =>
        rig.desk.act({ ticket: 'T-1', action: 'acknowledge', by: { id, role: 'staff' } }),
      ),
    );
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect((await rig.records.tickets.events('T-1')).map((event) => event.who).slice(2)).toEqual(['erin']);
  });

  it('tells what is new, once, in order, and not what a replay brings', async () => {
    const changes = [changeAt('firing', 0), changeAt('cleared', HOUR_MS)];
    await rig.desk.fault(changes);
    await rig.desk.fault(changes);
    await rig.desk.fault([...changes, changeAt('proved', DAY_MS)]);
    await rig.desk.settle();
    expect(rig.told.map((call) => call.map(({ event }) => event.type))).toEqual([
      ['opened', 'assigned', 'fault_cleared'],
      ['proved'],
    ]);
    expect(rig.told.flat().at(-1)?.ticket.state).toBe('closed');
  });

  it('hears what is new behind a replay, whatever people did meanwhile', async () => {
    await rig.desk.fault([changeAt('firing', 0)]);
    await rig.desk.act({ ticket: 'T-1', action: 'cancel', note: 'nothing found', by: ERIN });
    await rig.desk.fault([changeAt('firing', 0), changeAt('cleared', HOUR_MS)]);
    expect(await rig.records.tickets.get('T-1')).toMatchObject({ state: 'cancelled', fault_active: false });
    expect(await rig.records.tickets.get('T-2')).toBeUndefined();
  });

  it('goes on when telling fails, and says so in the log', async () => {
    const deaf = await deskOn(join(folder, 'deaf.db'), {
      onChange: () => Promise.reject(new Error('broker gone')),
    });
    await deaf.desk.fault([changeAt('firing', 0)]);
    await deaf.desk.fault([changeAt('cleared', HOUR_MS)]);
    await deaf.desk.settle();
    expect(deaf.errors).toEqual(['ticket not told', 'ticket not told']);
    expect((await deaf.records.tickets.get('T-1'))?.state).toBe('proving');
    await deaf.records.close();
  });

  it('goes on while telling hangs', async () => {
    const slow = await deskOn(join(folder, 'slow.db'), { onChange: () => new Promise<void>(() => {}) });
    await slow.desk.fault([changeAt('firing', 0)]);
    await slow.desk.act({ ticket: 'T-1', action: 'start', by: ERIN });
    expect((await slow.records.tickets.get('T-1'))?.state).toBe('in_progress');
    await slow.records.close();
  });

  it('rejects when the records refuse, and takes the same changes once they serve again', async () => {
    await rig.records.close();
    await expect(rig.desk.fault([changeAt('firing', 0)])).rejects.toThrow();
    rig = await deskOn(file);
    await rig.desk.fault([changeAt('firing', 0)]);
    expect(await rig.records.tickets.get('T-1')).toMatchObject({ state: 'assigned' });
  });

  it('takes a thousand faults in one call', async () => {
    await rig.desk.fault(
      Array.from({ length: 1_000 }, (_, i) => changeAt('firing', i, { asset: `lamp${i}` })),
    );
    expect(await rig.records.tickets.counts()).toEqual({ assigned: 1_000 });
    expect(await rig.records.tickets.nextId()).toBe('T-1001');
  });
});

describe('what only other tickets can say', () => {
  it('an old ticket is not taken up again when its fault has a newer one', async () => {
    await rig.desk.fault([changeAt('firing', 0)]);
    await rig.desk.act({ ticket: 'T-1', action: 'cancel', note: 'nothing found', by: ERIN });
    await rig.desk.fault([changeAt('cleared', HOUR_MS), changeAt('firing', 2 * HOUR_MS)]);
    await expect(
      rig.desk.act({ ticket: 'T-1', action: 'reopen', note: 'was right', by: ERIN }),
    ).rejects.toMatchObject({ code: 'action_impossible', message: expect.stringContaining('T-2 (open)') });
  });

  it.each([
    ['duplicate of T-2', null],
    ['Duplicate of T-9', 'request_invalid'],
    ['duplicate of T-1', 'request_invalid'],
    ['duplicate of everything I did today', null],
  ])('cancelled as %j', async (note, code) => {
    await rig.desk.fault([changeAt('firing', 0), changeAt('firing', 0, { asset: 'l2' })]);
    const cancelled = rig.desk.act({ ticket: 'T-1', action: 'cancel', note, by: ERIN });
    if (code === null) expect((await cancelled).resolution).toBe(note);
    else await expect(cancelled).rejects.toMatchObject({ code });
  });

  it('there is no such ticket', async () => {
    for (const ticket of ['T-1', 'nonsense']) {
      await expect(rig.desk.act({ ticket, action: 'start', by: ERIN })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });
});
