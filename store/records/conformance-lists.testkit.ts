import { expect, it } from 'vitest';
import type { RecordsStore } from './contract.ts';
import { changeOf, ticketOf } from './ticket.testkit.ts';

/** What every engine must do when tickets are listed and counted. */
export function describeLists(store: () => RecordsStore): void {
  async function fill(count: number, from = 1): Promise<void> {
    await store().tickets.commit(
      Array.from({ length: count }, (_, i) => {
        const n = from + i;
        const state = n % 3 === 0 ? 'closed' : 'assigned';
        const differs = { state, zone: n % 2 ? 'north' : 'south', assignee: n % 5 ? 'erin' : null } as const;
        return changeOf(ticketOf(`T-${n}`, differs), `c${n}`);
      }),
    );
  }

  it('gives newest first, in pages that nothing new disturbs', async () => {
    await fill(25);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    let page = 0;
    do {
      const { items, next } = await store().tickets.list({ limit: 10, cursor: cursor ?? undefined });
      seen.push(...items.map((ticket) => ticket.id));
      cursor = next;
      page += 1;
      await fill(3, 100 * page);
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `T-${25 - i}`));
  });

  it('has no next page after a last page that is just full', async () => {
    await fill(10);
    expect((await store().tickets.list({ limit: 10 })).next).toBeNull();
    expect((await store().tickets.list({ limit: 9 })).next).not.toBeNull();
  });

  it.each([
    [{ state: ['closed'] as const }, ['T-6', 'T-3']],
    [{ state: ['closed', 'assigned'] as const, zone: 'south' }, ['T-6', 'T-4', 'T-2']],
    [{ state: [] as const }, []],
    [{ assignee: 'erin', zone: 'north' }, ['T-7', 'T-3', 'T-1']],
    [{ rule: 'LampOut', kind: 'luminaire', site: 'mill-lane', asset: 't-4' }, ['T-4']],
    [{ site: "x' or '1'='1" }, []],
  ])('filters by %o', async (query, ids) => {
    await fill(7);
    const { items } = await store().tickets.list({ ...query, limit: 50 });
    expect(items.map((ticket) => ticket.id)).toEqual(ids);
  });

  it.each(['', 'T-1', 'bjA', '%%%'])('refuses the cursor %j', async (cursor) => {
    await expect(store().tickets.list({ limit: 5, cursor })).rejects.toMatchObject({
      code: 'request_invalid',
    });
  });

  it('counts open tickets by state', async () => {
    await fill(7);
    expect(await store().tickets.counts()).toEqual({ assigned: 5 });
  });
}
