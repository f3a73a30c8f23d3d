import { rfc3339 } from '../model/clock.ts';
import type { Directory } from '../model/directory.ts';
import { isOpenState, type Ticket } from '../model/ticket.ts';
import type { NoticeView } from '../model/views/parking.ts';

/** Out of order for those who live and park there; what telemetry sees mended, though not yet proved, is not. */
function isOutOfOrder(ticket: Ticket): boolean {
  if (!isOpenState(ticket.state) || ticket.severity === 'info') return false;
  return ticket.state !== 'proving' && (ticket.state !== 'done' || ticket.fault_active);
}

/** The public notice board, newest first as the tickets come. Says what, where and until when; names nobody. */
export function noticesOf(tickets: readonly Ticket[], directory: Directory): readonly NoticeView[] {
  return tickets.filter(isOutOfOrder).map((ticket) => ({
    site_name: directory.site(ticket.site)?.name ?? ticket.site,
    zone_name: directory.zone(ticket.site, ticket.zone)?.name ?? ticket.zone,
    what: ticket.title,
    kind: ticket.kind,
    since: rfc3339(ticket.opened_at),
    expected_by: rfc3339(ticket.resolve_by),
  }));
}
