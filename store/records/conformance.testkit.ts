import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeLists } from './conformance-lists.testkit.ts';
import type { RecordsStore } from './contract.ts';
import { changeOf, ticketOf } from './ticket.testkit.ts';

/** An engine under test: `open` gives the same records every time, until `reset` empties them. */
export interface RecordsEngine {
  start?(): Promise<void>;
  stop?(): Promise<void>;
  reset(): Promise<void>;
  open(): Promise<RecordsStore>;
}

/** What every engine for records must do; each runs it in a test file of its own. */
export function describeRecords(name: string, engine: RecordsEngine): void {
  describe(`records on ${name}`, () => {
    let records: RecordsStore;
    beforeAll(async () => engine.start?.());
    afterAll(async () => engine.stop?.());
    beforeEach(async () => {
      await engine.reset();
      records = await engine.open();
    });
    afterEach(async () => records.close());

    async function reopened(): Promise<RecordsStore> {
      await records.close();
      records = await engine.open();
      return records;
    }

    describe('commits', () => describeCommits(() => records, reopened));
    describe('lists', () => describeLists(() => records));
    describe('everything else', () => describeRest(() => records, reopened));
  });
}

type Now = () => RecordsStore;
type Reopened = () => Promise<RecordsStore>;

function describeCommits(store: Now, reopened: Reopened): void {
  it('keeps a ticket and its history word for word over a restart', async () => {
    const born = ticketOf('T-1');
    const taken = { ...born, state: 'acknowledged' as const, acknowledged_at: 1_764_000_100_000 };
    const changes = [
      changeOf(born, 'c1', { type: 'opened', severity: 'minor' }),
      changeOf(born, 'c2', { type: 'assigned', assignee: 'erin' }),
      changeOf(taken, 'c3', { type: 'acknowledged', who: 'erin', at: 1_764_000_100_000 }),
    ];
    expect(await store().tickets.commit(changes)).toEqual(changes);
    const again = await reopened();
    expect(await again.tickets.get('T-1')).toEqual(taken);
    expect(await again.tickets.events('T-1')).toEqual(changes.map((change) => change.event));
    expect(await again.tickets.newest(born.key)).toEqual(taken);
  });

  it('keeps what is absent absent', async () => {
    const bare = ticketOf('T-1', { assignee: null, evidence: null, proof: null, state: 'open' });
    await store().tickets.commit([changeOf(bare, 'c1')]);
    expect(await store().tickets.get('T-1')).toEqual(bare);
    expect(await store().tickets.events('T-1')).toEqual([changeOf(bare, 'c1').event]);
    for (const id of ['T-2', 'T-0', 'T-', 'T-1x', 't-1', '', 'T-9999999999999999999']) {
      expect(await store().tickets.get(id), id).toBeUndefined();
      expect(await store().tickets.events(id), id).toEqual([]);
    }
    expect(await store().tickets.newest('LampOut/other')).toBeUndefined();
    expect(await store().tickets.commit([])).toEqual([]);
  });

  it('leaves out a recorded cause and what was built on it, and nothing of other tickets', async () => {
    const one = ticketOf('T-1');
    const two = ticketOf('T-2');
    await store().tickets.commit([changeOf(one, 'c1', { note: 'first' })]);
    const wrong = { ...one, title: 'must not be seen' };
    const fresh = changeOf(two, 'c2');
    const done = await store().tickets.commit([
      changeOf(wrong, 'c1', { note: 'replayed' }),
      fresh,
      changeOf(wrong, 'c3', { note: 'built on the replay' }),
    ]);
    expect(done).toEqual([fresh]);
    expect(await store().tickets.get('T-1')).toEqual(one);
    expect((await store().tickets.events('T-1')).map((event) => event.note)).toEqual(['first']);
    expect(await store().tickets.hasCause('c2')).toBe(true);
    expect(await store().tickets.hasCause('c3')).toBe(false);
  });

  it('takes a cause that comes twice in one call once', async () => {
    const one = ticketOf('T-1');
    const done = await store().tickets.commit([changeOf(one, 'c1'), changeOf(one, 'c1')]);
    expect(done).toHaveLength(1);
    expect(await store().tickets.events('T-1')).toHaveLength(1);
  });

  it('takes a thousand causes and more in one call', async () => {
    const one = ticketOf('T-1');
    const many = Array.from({ length: 2_100 }, (_, i) => changeOf(one, `c${i}`));
    expect(await store().tickets.commit(many)).toHaveLength(2_100);
    expect(await store().tickets.commit(many)).toEqual([]);
    expect(await store().tickets.events('T-1')).toEqual(many.map((change) => change.event));
  });

  it('is all or nothing: a second open ticket of a key is refused with everything beside it', async () => {
    const one = ticketOf('T-1', { key: 'LampOut/l7' });
    await store().tickets.commit([changeOf(one, 'c1')]);
    const bystander = changeOf(ticketOf('T-2'), 'c2');
    const second = changeOf(ticketOf('T-3', { key: 'LampOut/l7' }), 'c3');
    await expect(store().tickets.commit([bystander, second])).rejects.toThrow();
    const again = await reopened();
    expect(await again.tickets.get('T-2')).toBeUndefined();
    expect(await again.tickets.hasCause('c2')).toBe(false);
    expect(await again.tickets.commit([bystander])).toEqual([bystander]);
  });

  it('lets a key have another ticket once the first is closed or cancelled', async () => {
    for (const [i, state] of (['closed', 'cancelled', 'assigned'] as const).entries()) {
      const ticket = ticketOf(`T-${i + 1}`, { key: 'LampOut/l7', state });
      await store().tickets.commit([changeOf(ticket, `c${i}`)]);
    }
    expect((await store().tickets.newest('LampOut/l7'))?.id).toBe('T-3');
  });

  it('gives the next id, which is not taken until it is committed', async () => {
    expect(await store().tickets.nextId()).toBe('T-1');
    expect(await store().tickets.nextId()).toBe('T-1');
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      await store().tickets.commit([changeOf(ticketOf(`T-${n}`), `c${n}`)]);
    }
    expect(await (await reopened()).tickets.nextId()).toBe('T-11');
  });
}

function describeRest(store: Now, reopened: Reopened): void {
  it('keeps users, the newest word of each', async () => {
    await store().users.put({ id: 'ola', role: 'staff', password_hash: 'scrypt$1' });
    await store().users.put({ id: 'mia', role: 'manager', password_hash: 'scrypt$2' });
    await store().users.put({ id: 'ola', role: 'viewer', password_hash: 'scrypt$3' });
    const again = await reopened();
    expect(await again.users.get('ola')).toEqual({ id: 'ola', role: 'viewer', password_hash: 'scrypt$3' });
    expect(await again.users.get('nobody')).toBeUndefined();
    expect((await again.users.list()).map((user) => user.id)).toEqual(['mia', 'ola']);
  });

  it('keeps devices, put again and removed', async () => {
    const device = (id: string, asset: string) => ({ id, asset, secret_hash: 'h', bound_from: 1_764e9 });
    await store().devices.put([device('d2', 'l2'), device('d1', 'l1'), device('d3', 'l3')]);
    await store().devices.put([device('d1', 'l9')]);
    await store().devices.remove('d2');
    await store().devices.remove('never there');
    expect(await (await reopened()).devices.list()).toEqual([device('d1', 'l9'), device('d3', 'l3')]);
  });

  it('says how it is, also when it is closed', async () => {
    expect(await store().health()).toMatchObject({ ok: true });
    await store().close();
    await store().close();
    expect((await store().health()).ok).toBe(false);
  });

  it('serves calls that come side by side', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store().tickets.commit([changeOf(ticketOf(`T-${i + 1}`), `c${i}`)]),
      ),
    );
    expect((await store().tickets.list({ limit: 50 })).items).toHaveLength(20);
  });
}
