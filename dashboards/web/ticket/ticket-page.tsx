import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PersonView } from '../../../model/views/site.ts';
import type { TicketDetailView } from '../../../model/views/ticket.ts';
import { get } from '../core/client.ts';
import { useFetched } from '../core/use-fetched.ts';
import { count, ruleWord, TRADE_WORD } from '../core/words.ts';
import type { World } from '../core/world.ts';
import { SeverityBadge, StateBadge } from '../parts/badge.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { When } from '../parts/when.tsx';
import { Actions } from './actions.tsx';
import { Evidence } from './evidence.tsx';
import { History } from './history.tsx';
import { MiniPlan } from './mini-plan.tsx';
import { DueNote } from './ticket-line.tsx';

/** Everybody that the pages know of: stewards and who has tickets. */
function peopleOf(now: World, ticket: TicketDetailView, me: PersonView): readonly PersonView[] {
  const known = [
    me,
    ...now.zones.map(({ steward }) => steward),
    ...[...now.tickets.values()].flatMap(({ assignee }) => assignee ?? []),
    ...(ticket.assignee ? [ticket.assignee] : []),
  ];
  return [...new Map(known.map((person) => [person.id, person])).values()].sort((a, b) =>
    a.id === me.id ? -1 : b.id === me.id ? 1 : a.name.localeCompare(b.name),
  );
}

function Limits({ ticket }: { ticket: TicketDetailView }): JSX.Element {
  const row = (word: string, at: string | null): JSX.Element | null =>
    at === null ? null : (
      <div>
        <dt>{word}</dt>
        <dd>
          <When at={at} tz={ticket.tz} />
        </dd>
      </div>
    );
  return (
    <dl class="facts-list">
      {row('Opened', ticket.opened_at)}
      {ticket.acknowledged_at
        ? row('Acknowledged', ticket.acknowledged_at)
        : row('Respond by', ticket.respond_by)}
      {ticket.closed_at ? row('Closed', ticket.closed_at) : row('Resolve by', ticket.resolve_by)}
      <div>
        <dt>Assigned to</dt>
        <dd>
          {ticket.assignee?.name ?? 'nobody'} <span class="soft">({TRADE_WORD[ticket.trade]})</span>
        </dd>
      </div>
      {ticket.proof !== null && (
        <div>
          <dt>Closes when</dt>
          <dd>{ticket.proof}</dd>
        </div>
      )}
      {ticket.resolution !== null && (
        <div>
          <dt>Outcome</dt>
          <dd>{ticket.resolution}</dd>
        </div>
      )}
    </dl>
  );
}

function Where({ ticket, now }: { ticket: TicketDetailView; now: World }): JSX.Element {
  const asset = now.assets.get(ticket.asset);
  const zone = now.zones.find(({ id, site }) => id === ticket.zone && site === ticket.site);
  return (
    <section class="card">
      <h2>Where</h2>
      <p class="where">
        <Icon name="pin" size={18} />
        <span>
          <a href={`/asset/${ticket.asset}`}>{ticket.asset_name}</a>, {ticket.zone_name}, {ticket.site_name}
        </span>
      </p>
      {asset && <MiniPlan asset={asset} members={ticket.members} assets={now.assets} zone={zone} />}
      {ticket.members.length > 0 && (
        <details class="members">
          <summary>{count(ticket.members.length, 'asset')} affected</summary>
          <p>
            {ticket.members.map((id, i) => (
              <span key={id}>
                {i > 0 && ', '}
                <a href={`/asset/${id}`}>{now.assets.get(id)?.name ?? id}</a>
              </span>
            ))}
          </p>
        </details>
      )}
    </section>
  );
}

function Detail(props: {
  ticket: TicketDetailView;
  now: World;
  me: PersonView;
  onDone: (ticket: TicketDetailView) => void;
}): JSX.Element {
  const { ticket, now, me, onDone } = props;
  return (
    <>
      <PageHead title={ticket.title} tab={`${ticket.id} ${ticket.title}`} />
      <p class="ticket-facts">
        <SeverityBadge severity={ticket.severity} />
        <StateBadge state={ticket.state} />
        <DueNote ticket={ticket} />
        <span class="soft">
          {ruleWord(ticket.rule)}
          {ticket.reopened > 0 && ` · re-opened ${count(ticket.reopened, 'time')}`}
        </span>
        <span class={ticket.fault_active ? 'fires' : 'fires fires-not'}>
          {ticket.fault_active ? 'The fault is there now' : 'The fault is gone'}
        </span>
      </p>
      <div class="ticket-body">
        <div class="ticket-side">
          <Actions ticket={ticket} people={peopleOf(now, ticket, me)} onDone={onDone} />
          <section class="card card-limits">
            <h2>Time limits</h2>
            <Limits ticket={ticket} />
          </section>
          <Where ticket={ticket} now={now} />
        </div>
        <div class="ticket-main">
          <section class="card card-why">
            <h2>Why</h2>
            <Evidence ticket={ticket} />
          </section>
          <section class="card card-history">
            <h2>History</h2>
            <History ticket={ticket} />
          </section>
        </div>
      </div>
    </>
  );
}

export function TicketPage({ now, id, me }: { now: World; id: string; me: PersonView }): JSX.Element {
  // The answer to an own action is newer than what was fetched, until the next change.
  const [own, setOwn] = useState<TicketDetailView | null>(null);
  const turn = now.ticketTurns.get(id) ?? 0;
  const fetched = useFetched(
    id,
    (signal) => get<TicketDetailView>(`/tickets/${encodeURIComponent(id)}`, signal),
    { version: turn },
  );
  const newer = own && fetched.data && own.updated_at >= fetched.data.updated_at ? own : null;
  const ticket = newer?.id === id ? newer : fetched.data;
  return (
    <main class="page page-ticket">
      <a class="back" href="/tickets">
        <Icon name="back" size={18} /> Tickets
      </a>
      {fetched.problem?.status === 404 ? (
        <Empty title={`There is no ticket ${id}`}>
          <a href="/tickets">All tickets</a>
        </Empty>
      ) : (
        <>
          {fetched.problem && <ProblemNote problem={fetched.problem} again={fetched.again} />}
          {ticket ? (
            <Detail ticket={ticket} now={now} me={me} onDone={setOwn} />
          ) : (
            !fetched.problem && <Skeleton lines={6} tall />
          )}
        </>
      )}
    </main>
  );
}
