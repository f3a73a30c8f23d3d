import type { Kysely, Transaction } from 'kysely';
import { isOpenState, TICKET_STATES, type Ticket, type TicketState } from '../../../model/ticket.ts';
import type { TicketChange, TicketQuery, TicketRecords } from '../contract.ts';
import { cursorAfter, numberBefore } from './cursor.ts';
import type { RecordsSchema, TicketEventRow } from './schema.ts';
import {
  eventOfRow,
  requiredNumber,
  rowOfEvent,
  rowOfTicket,
  ticketId,
  ticketNumber,
  ticketOfRow,
} from './ticket-rows.ts';

const OPEN_STATES = TICKET_STATES.filter(isOpenState);
const FILTERS = ['rule', 'kind', 'site', 'zone', 'asset', 'assignee'] as const;

/** Engines cap the variables of a statement (SQLite 32,766, PostgreSQL 65,535). */
const CAUSES_PER_QUERY = 1_000;
const EVENTS_PER_INSERT = 100;

async function recordedCauses(
  db: Kysely<RecordsSchema>,
  changes: readonly TicketChange[],
): Promise<Set<string>> {
  const causes = changes.map((change) => change.event.cause);
  const recorded = new Set<string>();
  for (let i = 0; i < causes.length; i += CAUSES_PER_QUERY) {
    const rows = await db
      .selectFrom('ticket_events')
      .select('cause')
      .where('cause', 'in', causes.slice(i, i + CAUSES_PER_QUERY))
      .execute();
    for (const row of rows) recorded.add(row.cause);
  }
  return recorded;
}

/** Without those that are recorded or come twice, and without what was built on them. */
function newChanges(
  changes: readonly TicketChange[],
  recorded: ReadonlySet<string>,
): readonly TicketChange[] {
  const seen = new Set(recorded);
  const stale = new Set<string>();
  return changes.filter(({ event, ticket }) => {
    if (stale.has(ticket.id) || seen.has(event.cause)) {
      stale.add(ticket.id);
      return false;
    }
    seen.add(event.cause);
    return true;
  });
}

async function putTicket(db: Transaction<RecordsSchema>, ticket: Ticket): Promise<void> {
  const row = rowOfTicket(ticket);
  const { number: _number, ...update } = row;
  await db
    .insertInto('tickets')
    .values(row)
    .onConflict((conflict) => conflict.column('number').doUpdateSet(update))
    .execute();
}

async function lastSeq(db: Transaction<RecordsSchema>, ticket: string): Promise<number> {
  const last = await db
    .selectFrom('ticket_events')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('ticket', '=', requiredNumber(ticket))
    .executeTakeFirst();
  return last?.seq ?? 0;
}

/** Each ticket once, as its last change left it; then the events, many to a statement. */
async function append(db: Transaction<RecordsSchema>, changes: readonly TicketChange[]): Promise<void> {
  const tickets = [...new Map(changes.map(({ ticket }) => [ticket.id, ticket])).values()];
  // Ended ones first: only then may another ticket of the same key be open.
  for (const ticket of tickets) if (!isOpenState(ticket.state)) await putTicket(db, ticket);
  for (const ticket of tickets) if (isOpenState(ticket.state)) await putTicket(db, ticket);
  const seqs = new Map<string, number>();
  const rows: TicketEventRow[] = [];
  for (const { event } of changes) {
    const seq = (seqs.get(event.ticket) ?? (await lastSeq(db, event.ticket))) + 1;
    seqs.set(event.ticket, seq);
    rows.push(rowOfEvent(event, seq));
  }
  for (let i = 0; i < rows.length; i += EVENTS_PER_INSERT) {
    await db
      .insertInto('ticket_events')
      .values(rows.slice(i, i + EVENTS_PER_INSERT))
      .execute();
  }
}

function listQuery(db: Kysely<RecordsSchema>, query: TicketQuery) {
  let select = db
    .selectFrom('tickets')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(query.limit + 1);
  if (query.state !== undefined) select = select.where('state', 'in', [...query.state]);
  for (const column of FILTERS) {
    const value = query[column];
    if (value !== undefined) select = select.where(column, '=', value);
  }
  return query.cursor === undefined ? select : select.where('number', '<', numberBefore(query.cursor));
}

async function countsByState(db: Kysely<RecordsSchema>): Promise<Partial<Record<TicketState, number>>> {
  const rows = await db
    .selectFrom('tickets')
    .select((eb) => ['state', eb.fn.countAll<number | string>().as('count')])
    .where('state', 'in', OPEN_STATES)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state as TicketState, Number(row.count)]));
}

/** Tickets on any engine that Kysely speaks to. One writer: the ticket desk's queue. */
export function kyselyTickets(db: Kysely<RecordsSchema>): TicketRecords {
  return {
    nextId: async () => {
      const last = await db
        .selectFrom('tickets')
        .select((eb) => eb.fn.max('number').as('number'))
        .executeTakeFirst();
      return ticketId((last?.number ?? 0) + 1);
    },
    commit: async (changes) => {
      if (changes.length === 0) return [];
      return await db.transaction().execute(async (transaction) => {
        const fresh = newChanges(changes, await recordedCauses(transaction, changes));
        await append(transaction, fresh);
        return fresh;
      });
    },
    get: async (id) => {
      const number = ticketNumber(id);
      if (number === undefined) return undefined;
      const row = await db.selectFrom('tickets').selectAll().where('number', '=', number).executeTakeFirst();
      return row && ticketOfRow(row);
    },
    newest: async (key) => {
      const row = await db
        .selectFrom('tickets')
        .selectAll()
        .where('key', '=', key)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && ticketOfRow(row);
    },
    hasCause: async (cause) =>
      (await db.selectFrom('ticket_events').select('seq').where('cause', '=', cause).executeTakeFirst()) !==
      undefined,
    list: async (query) => {
      // `in ()` is SQLite's alone.
      if (query.state?.length === 0) return { items: [], next: null };
      const rows = await listQuery(db, query).execute();
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      const next = rows.length > query.limit && last ? cursorAfter(last.number) : null;
      return { items: page.map(ticketOfRow), next };
    },
    events: async (id) => {
      const number = ticketNumber(id);
      if (number === undefined) return [];
      const rows = await db
        .selectFrom('ticket_events')
        .selectAll()
        .where('ticket', '=', requiredNumber(id))
        .orderBy('seq')
        .execute();
      return rows.map(eventOfRow);
    },
    counts: () => countsByState(db),
  };
}
