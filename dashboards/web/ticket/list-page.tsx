import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { KINDS } from '../../../model/kinds.ts';
import type { ListView } from '../../../model/views/list.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { get } from '../core/client.ts';
import { location, setQuery } from '../core/router.ts';
import { useStore } from '../core/store.ts';
import { useFetched } from '../core/use-fetched.ts';
import { count, KINDS_WORD } from '../core/words.ts';
import type { World } from '../core/world.ts';
import { Chip } from '../parts/chip.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { byUrgency, filterOf, listPath, passes, STAGE_WORD, STAGES, type TicketFilter } from './filter.ts';
import { TicketLine } from './ticket-line.tsx';

const PAGE = 50;

function Filters({ now, filter }: { now: World; filter: TicketFilter }): JSX.Element {
  const open = [...now.tickets.values()];
  const kinds = KINDS.filter((kind) => kind === filter.kind || open.some((ticket) => ticket.kind === kind));
  return (
    <div class="filters">
      <div class="chips" role="toolbar" aria-label="Stage">
        {STAGES.map((stage) => (
          <Chip
            key={stage}
            on={filter.stage === stage}
            onClick={() => setQuery({ stage: stage === 'open' ? '' : stage })}
            {...(stage !== 'closed' && {
              count: open.filter((ticket) => passes(ticket, { ...filter, stage }, '')).length,
            })}
          >
            {STAGE_WORD[stage]}
          </Chip>
        ))}
      </div>
      <div class="chips" role="toolbar" aria-label="Which">
        <Chip on={filter.mine} icon="person" onClick={() => setQuery({ mine: filter.mine ? '' : '1' })}>
          Mine
        </Chip>
        {kinds.map((kind) => (
          <Chip
            key={kind}
            icon={kind}
            on={filter.kind === kind}
            onClick={() => setQuery({ kind: filter.kind === kind ? '' : kind })}
          >
            {KINDS_WORD[kind]}
          </Chip>
        ))}
        <label class="picker">
          <span class="hidden">Zone</span>
          <select value={filter.zone} onChange={(event) => setQuery({ zone: event.currentTarget.value })}>
            <option value="">All zones</option>
            {now.zones.map((zone) => (
              <option key={`${zone.site}/${zone.id}`} value={zone.id}>
                {zone.name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
}

function Lines({ tickets, now }: { tickets: readonly TicketView[]; now: World }): JSX.Element {
  const tzOf = (site: string): string => now.sites.find(({ id }) => id === site)?.tz ?? 'UTC';
  const zoneOf = (ticket: TicketView): string =>
    now.zones.find(({ id, site }) => id === ticket.zone && site === ticket.site)?.name ?? ticket.zone;
  return (
    <ul class="ticket-list" aria-label="Tickets">
      {tickets.map((ticket) => (
        <TicketLine key={ticket.id} ticket={ticket} tz={tzOf(ticket.site)} zoneName={zoneOf(ticket)} />
      ))}
    </ul>
  );
}

/** Closed tickets are many: they are fetched page by page when they are looked at. */
function Closed({ now, filter, me }: { now: World; filter: TicketFilter; me: string }): JSX.Element {
  const path = listPath(filter, me, PAGE);
  const [pages, setPages] = useState({ path, n: 1 });
  const wanted = pages.path === path ? pages.n : 1;
  const list = useFetched(`${path}#${wanted}`, async (signal) => {
    const items: TicketView[] = [];
    let next: string | null = null;
    for (let page = 0; page < wanted; page += 1) {
      const more: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
      const view: ListView<TicketView> = await get<ListView<TicketView>>(path + more, signal);
      items.push(...view.items);
      next = view.next;
      if (next === null) break;
    }
    return { items, next };
  });
  if (list.problem) return <ProblemNote problem={list.problem} again={list.again} />;
  if (!list.data) return <Skeleton lines={5} tall />;
  if (list.data.items.length === 0)
    return <Empty title="Nothing closed yet">No closed ticket passes this filter.</Empty>;
  return (
    <>
      <Lines tickets={list.data.items} now={now} />
      {list.data.next !== null && (
        <button type="button" class="button" onClick={() => setPages({ path, n: wanted + 1 })}>
          Show more
        </button>
      )}
    </>
  );
}

export function TicketsPage({ now, me }: { now: World; me: string }): JSX.Element {
  const { query } = useStore(location);
  const filter = filterOf(query);
  const shown = [...now.tickets.values()].filter((ticket) => passes(ticket, filter, me)).sort(byUrgency);
  const overdue = shown.filter((ticket) => ticket.overdue).length;
  return (
    <main class="page">
      <PageHead title="Tickets">
        {filter.stage !== 'closed' && (
          <p class="soft" aria-live="polite">
            {count(shown.length, 'ticket')}
            {overdue > 0 && <>, {overdue} overdue</>}
          </p>
        )}
      </PageHead>
      <Filters now={now} filter={filter} />
      {filter.stage === 'closed' ? (
        <Closed now={now} filter={filter} me={me} />
      ) : shown.length === 0 ? (
        <Empty title={now.tickets.size === 0 ? 'No open tickets' : 'Nothing in this view'}>
          {now.tickets.size === 0
            ? 'Every fault that was seen is mended. New ones appear here by themselves.'
            : 'Other filters may show more.'}
        </Empty>
      ) : (
        <Lines tickets={shown} now={now} />
      )}
    </main>
  );
}
