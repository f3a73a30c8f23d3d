import type { JSX } from 'preact';
import type { TicketDetailView } from '../../../model/views/ticket.ts';
import { EVENT_WORD } from '../core/words.ts';
import { When } from '../parts/when.tsx';

/** Who did what, newest first. */
export function History({ ticket }: { ticket: TicketDetailView }): JSX.Element {
  return (
    <ol class="history">
      {ticket.history.toReversed().map((event) => (
        <li key={`${event.at} ${event.type} ${event.note}`} class={`history-${event.type}`}>
          <strong>{EVENT_WORD[event.type]}</strong>
          <span class="soft"> · {event.who.id === 'rules' ? 'Steward' : event.who.name}</span>
          {event.note !== '' && <p>{event.note}</p>}
          <small class="soft">
            <When at={event.at} tz={ticket.tz} />
          </small>
        </li>
      ))}
    </ol>
  );
}
