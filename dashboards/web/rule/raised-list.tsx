import type { JSX } from 'preact';
import type { JudgedTicketView, Verdict } from '../../../model/views/backtest.ts';
import { serverNow } from '../core/server-clock.ts';
import { siteTime, span } from '../core/time.ts';
import { count, ruleWord } from '../core/words.ts';
import type { World } from '../core/world.ts';

const SHOWN = 50;

const VERDICT_WORD: Record<Verdict, string> = {
  fault_found: 'fault found',
  nothing_found: 'nothing found',
  cancelled: 'cancelled',
  open: 'still open',
  none: 'no real ticket',
};

function Raised({ ticket, now }: { ticket: JudgedTicketView; now: World }): JSX.Element {
  const { asset, from, to, members, verdict, returned } = ticket;
  const tz = now.sites.find(({ id }) => id === ticket.site)?.tz ?? 'UTC';
  const lasted = to === null ? 'still firing' : span(Date.parse(to) - Date.parse(from));
  const more = [
    ruleWord(ticket.rule),
    lasted,
    ...(members.length > 0 ? [count(members.length, 'member')] : []),
    ...(returned > 0 ? [`came back ${returned} ×`] : []),
  ];
  return (
    <li class="raised" data-raised={asset}>
      <a href={`/asset/${asset}`}>{now.assets.get(asset)?.name ?? asset}</a>
      <time dateTime={from}>{siteTime(Date.parse(from), tz, serverNow())}</time>
      <span class="soft">{more.join(', ')}</span>
      <span class={`verdict verdict-${verdict}`}>
        {VERDICT_WORD[verdict]}
        {ticket.ticket !== null && (
          <>
            {' '}
            <a href={`/tickets/${ticket.ticket}`}>{ticket.ticket}</a>
          </>
        )}
      </span>
    </li>
  );
}

/** Tickets that would have been raised, newest first. */
export function RaisedList(props: {
  title: string;
  empty: string;
  tickets: readonly JudgedTicketView[];
  now: World;
}): JSX.Element {
  const { title, empty, tickets, now } = props;
  return (
    <section>
      {title !== '' && (
        <h3>
          {title}: {tickets.length}
        </h3>
      )}
      {tickets.length === 0 && <p class="soft">{empty}</p>}
      <ul class="raised-list">
        {[...tickets]
          .reverse()
          .slice(0, SHOWN)
          .map((ticket) => (
            <Raised key={`${ticket.rule}/${ticket.asset}/${ticket.from}`} ticket={ticket} now={now} />
          ))}
      </ul>
      {tickets.length > SHOWN && <p class="soft">and {tickets.length - SHOWN} more, older</p>}
    </section>
  );
}
