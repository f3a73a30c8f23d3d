import type { LiveHub } from '../api/live/hub.ts';
import type { MqttPort } from '../broker/link.ts';
import type { Journal } from '../store/journal/contract.ts';
import type { RecordsStore, TicketChange } from '../store/records/contract.ts';
import { announcementOf } from '../tickets/announce.ts';
import { historyPoints, pointsOf } from '../tickets/points.ts';

export interface TicketNewsPorts {
  readonly journal: Journal;
  readonly live: LiveHub;
  /** Set once the broker is up; tickets may change before. */
  broker(): MqttPort | undefined;
}

/** Tells the series engine, the pages and the broker's subscribers what became of tickets. */
export async function tellTicketChanges(
  changes: readonly TicketChange[],
  { journal, live, broker }: TicketNewsPorts,
): Promise<void> {
  for (const { ticket } of changes) live.ticketChanged(ticket);
  await journal.append(changes.flatMap(pointsOf).map((point) => ({ type: 'point', point })));
  for (const change of changes) {
    const { topic, payload } = announcementOf(change);
    await broker()?.publish(topic, payload);
  }
}

const NEWEST = 200;

/**
 * A ticket is committed before its points are journalled, and a crash may fall between. So at every start the points
 * of the newest tickets are journalled again: the same point twice is one point.
 */
export async function retellNewestTickets({ tickets }: RecordsStore, journal: Journal): Promise<void> {
  const page = await tickets.list({ limit: NEWEST });
  for (const ticket of page.items) {
    const points = historyPoints(ticket, await tickets.events(ticket.id));
    await journal.append(points.map((point) => ({ type: 'point', point })));
  }
}
