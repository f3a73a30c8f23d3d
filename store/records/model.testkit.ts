import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOpenState, TICKET_STATES, type Ticket, type TicketEvent } from '../../model/ticket.ts';
import type { RecordsStore, TicketChange, TicketQuery } from './contract.ts';
import { changeOf, ticketOf } from './ticket.testkit.ts';

const KEYS = ['k1', 'k2', 'k3'] as const;

const change = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    cause: fc.integer({ min: 1, max: 30 }),
    state: fc.constantFrom(...TICKET_STATES),
    zone: fc.constantFrom('north', 'south'),
    title: fc.string({ unit: 'grapheme', maxLength: 12 }),
  })
  .map(({ number, cause, ...differs }) => {
    // A ticket has one key for life.
    const key = KEYS[number % KEYS.length] ?? KEYS[0];
    return changeOf(ticketOf(`T-${number}`, { ...differs, key }), `c${cause}`);
  });

const query: fc.Arbitrary<TicketQuery> = fc.record({
  state: fc.option(fc.subarray([...TICKET_STATES]), { nil: undefined }),
  zone: fc.option(fc.constantFrom('north', 'south'), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 4 }),
});

/** The contract in the plainest words: two maps. */
interface Plain {
  readonly tickets: ReadonlyMap<string, Ticket>;
  readonly events: readonly TicketEvent[];
}

/** What the contract says of a commit; undefined when it must be refused. */
function committed(plain: Plain, changes: readonly TicketChange[]) {
  const tickets = new Map(plain.tickets);
  const events = [...plain.events];
  const stale = new Set<string>();
  const fresh: TicketChange[] = [];
  for (const next of changes) {
    const id = next.ticket.id;
    if (stale.has(id) || events.some((event) => event.cause === next.event.cause)) {
      stale.add(id);
      continue;
    }
    tickets.set(id, next.ticket);
    events.push(next.event);
    fresh.push(next);
  }
  const open = [...tickets.values()]
    .filter((ticket) => isOpenState(ticket.state))
    .map((ticket) => ticket.key);
  return new Set(open).size === open.length ? { plain: { tickets, events }, fresh } : undefined;
}

const newestFirst = (plain: Plain): readonly Ticket[] =>
  [...plain.tickets.values()].toSorted((a, b) => Number(b.id.slice(2)) - Number(a.id.slice(2)));

async function compare({ tickets }: RecordsStore, plain: Plain, asked: TicketQuery): Promise<void> {
  const wanted = newestFirst(plain).filter(
    (ticket) =>
      (asked.state?.includes(ticket.state) ?? true) &&
      (asked.zone === undefined || ticket.zone === asked.zone),
  );
  const pages: Ticket[] = [];
  let cursor: string | undefined;
  do {
    const page = await tickets.list({ ...asked, cursor });
    expect(page.items.length).toBeLessThanOrEqual(asked.limit);
    pages.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(pages).toEqual(wanted);
  for (const key of KEYS) {
    expect(await tickets.newest(key)).toEqual(newestFirst(plain).find((ticket) => ticket.key === key));
  }
  for (const ticket of plain.tickets.values()) {
    expect(await tickets.get(ticket.id)).toEqual(ticket);
    expect(await tickets.events(ticket.id)).toEqual(
      plain.events.filter((event) => event.ticket === ticket.id),
    );
  }
  const counts: Record<string, number> = {};
  for (const { state } of plain.tickets.values()) {
    if (isOpenState(state)) counts[state] = (counts[state] ?? 0) + 1;
  }
  expect(await tickets.counts()).toEqual(counts);
  expect(await tickets.nextId()).toBe(`T-${Number(newestFirst(plain)[0]?.id.slice(2) ?? 0) + 1}`);
}

/** Whatever is committed in whatever order, the engine answers as two plain maps would. */
export function itAnswersAsPlainMaps(fresh: () => Promise<RecordsStore>): void {
  it('answers as two plain maps would', async () => {
    const commits = fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(commits, query, async (calls, asked) => {
        const records = await fresh();
        let plain: Plain = { tickets: new Map(), events: [] };
        for (const changes of calls) {
          const wanted = committed(plain, changes);
          const done = records.tickets.commit(changes);
          if (wanted) expect(await done).toEqual(wanted.fresh);
          else await expect(done).rejects.toThrow();
          plain = wanted?.plain ?? plain;
        }
        await compare(records, plain, asked);
        await records.close();
      }),
      { numRuns: 60 },
    );
  });
}
