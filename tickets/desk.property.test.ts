import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { FaultChange } from '../model/fault.ts';
import type { Point } from '../model/point.ts';
import { isOpenState } from '../model/ticket.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import { actionsFor } from './actions.ts';
import { type DeskRig, deskOn, everything } from './desk.testkit.ts';
import { WAYS } from './lifecycle.ts';
import { ASSETS, afterMs, engine, LONG, type Step, step } from './lives.testkit.ts';
import { historyPoints, pointsOf } from './points.ts';
import { changeAt, START, toldBy } from './tickets.testkit.ts';

async function actAndCheck(rig: DeskRig, next: Step & { readonly do: 'act' }): Promise<void> {
  const role = next.by === 'mia' ? 'manager' : next.by === 'vic' ? 'viewer' : 'staff';
  const { items } = await rig.records.tickets.list({ asset: next.asset, limit: 2 });
  const before = items[next.older ? 1 : 0];
  const ways = before ? actionsFor(before, role) : [];
  const action = next.action ?? ways[next.pick % ways.length] ?? 'note';
  const superseded = action === 'reopen' && before !== items[0];
  const possible = ways.includes(action) && !superseded;
  const id = before?.id ?? 'T-999';
  const request = {
    ticket: id,
    action,
    note: 'because',
    assignee: next.by,
    by: { id: next.by, role },
  } as const;
  try {
    const after = await rig.desk.act(request);
    expect(possible, `${action} in ${before?.state}`).toBe(true);
    expect(after).toEqual(await rig.records.tickets.get(id));
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    expect(possible, error.message).toBe(false);
    expect(await rig.records.tickets.get(id)).toEqual(before);
  }
}

/**
 * Runs the steps on fresh records; without replays when told so. A replay comes alone, or with the next change in one
 * call, as after a restart.
 */
async function run(steps: readonly Step[], replays: boolean): Promise<DeskRig> {
  const rig = await deskOn(':memory:');
  const rules = engine();
  let now = START + HOUR_MS;
  let again: readonly FaultChange[] = [];
  for (const next of steps) {
    now += next.afterMs;
    rig.clock.set(now);
    if (next.do === 'fault') {
      await rig.desk.fault([...again, rules.next(now, next.asset, next.clears, next.proof)]);
      again = [];
    } else if (next.do === 'act') await actAndCheck(rig, next);
    else if (next.do === 'sweep') await rig.desk.sweep(now);
    else if (replays && next.alone) await rig.desk.fault(rules.said.slice(-next.back));
    else if (replays) again = rules.said.slice(-next.back);
  }
  await rig.desk.settle();
  return rig;
}

async function checkTrue(records: RecordsStore): Promise<void> {
  const all = await everything(records);
  const open = all.filter(({ ticket }) => isOpenState(ticket.state)).map(({ ticket }) => ticket.key);
  expect(new Set(open).size, 'one open ticket for a fault').toBe(open.length);
  for (const { ticket, events } of all) {
    expect(ticket, 'the sum of its events').toMatchObject(toldBy(events));
    expect(new Set(events.map((event) => event.cause)).size).toBe(events.length);
    if (ticket.state === 'proving' || ticket.state === 'closed') expect(ticket.fault_active).toBe(false);
    for (const [i, event] of events.entries()) {
      const before = events[i - 1];
      if (before)
        expect(WAYS[event.type][before.state], `${before.state} ${event.type}`).toContain(event.state);
    }
  }
}

/** The series engine, told as it happened, knows what the records know; told again from these, nothing else. */
async function checkPoints({ records, told }: DeskRig): Promise<void> {
  const live = told.flat().flatMap(pointsOf);
  const all = await everything(records);
  const identity = (point: Point) => JSON.stringify([point.measurement, point.tags, point.ts]);
  expect(new Set(live.map(identity)).size, 'no point hides another').toBe(live.length);
  const again = all.flatMap(({ ticket, events }) => historyPoints(ticket, events));
  expect(again.map((p) => JSON.stringify(p)).toSorted()).toEqual(
    live.map((p) => JSON.stringify(p)).toSorted(),
  );
  const newest = new Map(
    live.toSorted((a, b) => a.ts - b.ts).map((p) => [`${p.measurement}${JSON.stringify(p.tags)}`, p]),
  );
  const count = (field: string) => [...newest.values()].filter((point) => point.fields[field] === 1).length;
  expect(count('open')).toBe(all.filter(({ ticket }) => isOpenState(ticket.state)).length);
}

describe('whatever happens at the desk', () => {
  it('tickets stay the sum of their events, in the ways of the table, one open for a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, LONG), async (steps) => {
        const rig = await run(steps, true);
        await checkTrue(rig.records);
        await checkPoints(rig);
        await rig.records.close();
      }),
      { numRuns: 25 },
    );
  });

  it('replays of any length change nothing: same tickets, same histories, nothing told twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, LONG), async (steps) => {
        const [once, again] = [await run(steps, false), await run(steps, true)];
        expect(await everything(again.records)).toEqual(await everything(once.records));
        expect(again.told).toEqual(once.told);
        await Promise.all([once.records.close(), again.records.close()]);
      }),
      { numRuns: 25 },
    );
  });

  it('one call with many changes is as many calls with one', async () => {
    const faults = fc.array(
      fc.record({ afterMs, asset: fc.constantFrom(...ASSETS), clears: fc.boolean(), proof: fc.boolean() }),
      LONG,
    );
    await fc.assert(
      fc.asyncProperty(faults, async (steps) => {
        const rules = engine();
        let now = START;
        for (const next of steps) {
          now += next.afterMs;
          rules.next(now, next.asset, next.clears, next.proof);
        }
        const [whole, single] = [await deskOn(':memory:'), await deskOn(':memory:')];
        await whole.desk.fault(rules.said);
        for (const change of rules.said) await single.desk.fault([change]);
        expect(await everything(whole.records)).toEqual(await everything(single.records));
        await Promise.all([whole.records.close(), single.records.close()]);
      }),
      { numRuns: 25 },
    );
  });

  it('changes that no engine would send, in any order, break none of it', async () => {
    const wild = fc.array(
      fc.record({
        type: fc.constantFrom('firing', 'amended', 'cleared', 'proved' as const),
        afterMs: fc.integer({ min: 0, max: 60 * DAY_MS }),
        asset: fc.constantFrom(...ASSETS),
        members: fc.subarray(['a', 'b', 'c']),
      }),
      LONG,
    );
    await fc.assert(
      fc.asyncProperty(wild, async (changes) => {
        const rig = await deskOn(':memory:');
        await rig.desk.fault(
          changes.map((c) => changeAt(c.type, c.afterMs, { asset: c.asset, members: c.members })),
        );
        await checkTrue(rig.records);
        await rig.records.close();
      }),
      { numRuns: 40 },
    );
  });
});
