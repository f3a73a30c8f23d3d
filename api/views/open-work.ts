import { isOpenState, TICKET_STATES, type Ticket, type TicketState } from '../../model/ticket.ts';
import type { TicketQuery, TicketRecords } from '../../store/records/contract.ts';

export const OPEN_STATES: readonly TicketState[] = TICKET_STATES.filter(isOpenState);

const PAGE = 500;

/** Every open ticket that fits, however many pages that takes. */
export async function openTickets(
  records: Pick<TicketRecords, 'list'>,
  where: Pick<TicketQuery, 'site' | 'zone' | 'asset'> = {},
): Promise<readonly Ticket[]> {
  const tickets: Ticket[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.list({ ...where, state: OPEN_STATES, limit: PAGE, cursor });
    tickets.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return tickets;
}

/** Ids of open tickets by asset; a ticket of a rolled-up fault is a ticket of each of its members too. */
export function ticketsByAsset(tickets: readonly Ticket[]): ReadonlyMap<string, readonly string[]> {
  const byAsset = new Map<string, string[]>();
  for (const ticket of tickets) {
    for (const asset of new Set([ticket.asset, ...ticket.members])) {
      const ids = byAsset.get(asset);
      if (ids) ids.push(ticket.id);
      else byAsset.set(asset, [ticket.id]);
    }
  }
  return byAsset;
}
