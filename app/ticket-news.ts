import type { LiveHub } from '../api/live/hub.ts';
import type { Broker } from '../broker/broker.ts';
import type { Journal } from '../store/journal/contract.ts';
import type { RecordsStore, TicketChange } from '../store/records/contract.ts';
import { announcementOf } from '../tickets/announce.ts';
import { ticketPoint } from '../tickets/points.ts';

export interface TicketNewsPorts {
  readonly journal: Journal;
  readonly live: LiveHub;
  /** Set once the broker is up; tickets may change before. */
  broker(): Broker | undefined;
}

/** Tells the series engine, the pages and the broker's subscribers what became of tickets. */
export async function tellTicketChanges(
  changes: readonly TicketChange[],
  { journal, live, broker }: TicketNewsPorts,
): Promise<void> {
  for (const { ticket } of changes) live.ticketChanged(ticket);
  await journal.append(changes.map((change) => ({ type: 'point', point: ticketPoint(change) })));
  for (const change of changes) {
    const { topic, payload } = announcementOf(change);
    await broker()?.publish(topic, payload);
  }
}

const NEWEST = 200;

/**
 * A ticket is committed before its point is journalled, and a crash may fall between. So at every start the newest
 * tickets' last points are journalled again: the same point twice is one point.
 */
export async function retellNewestTickets({ tickets }: RecordsStore, journal: Journal): Promise<void> {
  const page = await tickets.list({ limit: NEWEST });
  const points = await Promise.all(
    page.items.map(async (ticket) => {
      const event = (await tickets.events(ticket.id)).at(-1);
      return event ? [{ type: 'point' as const, point: ticketPoint({ event, ticket }) }] : [];
    }),
  );
  const entries = points.flat();
  if (entries.length > 0) await journal.append(entries);
}
