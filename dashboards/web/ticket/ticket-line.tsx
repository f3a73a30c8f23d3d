import type { JSX } from 'preact';
import { isOpenState } from '../../../model/ticket.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { useNow } from '../core/server-clock.ts';
import { span } from '../core/time.ts';
import { SeverityBadge, StateBadge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Ago } from '../parts/when.tsx';

/** The next time limit in words: respond first, then resolve. */
export function DueNote({ ticket }: { ticket: TicketView }): JSX.Element | null {
  const now = useNow(30_000);
  if (!isOpenState(ticket.state)) return null;
  if (ticket.state === 'done' || ticket.state === 'proving') {
    return (
      <span class="due">
        <Icon name="check" size={15} /> waits for its proof
      </span>
    );
  }
  const answered = ticket.acknowledged_at !== null;
  const left = Date.parse(answered ? ticket.resolve_by : ticket.respond_by) - now;
  const what = answered ? 'resolve' : 'respond';
  if (ticket.overdue || left < 0) {
    return (
      <span class="due due-over">
        <Icon name="clock" size={15} /> Overdue{left < 0 ? ` by ${span(-left)}` : ''}
      </span>
    );
  }
  return (
    <span class="due">
      <Icon name="clock" size={15} /> {what} within {span(left)}
    </span>
  );
}

/** One ticket in a list: a line on a desk, a card on the phone. */
export function TicketLine(props: { ticket: TicketView; tz: string; zoneName?: string }): JSX.Element {
  const { ticket, tz, zoneName } = props;
  return (
    <li>
      <a class="ticket-line" href={`/tickets/${ticket.id}`} data-ticket={ticket.id}>
        <SeverityBadge severity={ticket.severity} />
        <span class="ticket-title">
          <strong>{ticket.title}</strong>
          <span class="soft">
            {ticket.id} · {ticket.asset_name}
            {zoneName && !ticket.asset_name.includes(zoneName) && ` · ${zoneName}`}
          </span>
        </span>
        <span class="ticket-meta">
          <StateBadge state={ticket.state} />
          <DueNote ticket={ticket} />
          <span class="soft ticket-age">
            <Ago at={ticket.opened_at} tz={tz} />
          </span>
          <span class="ticket-who soft">{ticket.assignee?.name ?? 'nobody'}</span>
        </span>
      </a>
    </li>
  );
}
