import type { JSX } from 'preact';
import type { AssetStatus, AssetView } from '../../../model/views/site.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { count, KIND_WORD, STATUS_WORD } from '../core/words.ts';
import { StatusShape } from '../parts/badge.tsx';
import { Empty } from '../parts/feedback.tsx';
import { conditionWord, needsAttention } from './condition.ts';

const WORST_FIRST: readonly AssetStatus[] = ['fault', 'warning', 'silent', 'unknown'];
const SHOWN_MAX = 60;

/** Assets that a ticket of their circuit or gateway stands for: one thing to do, not forty. */
function membersOf(tickets: ReadonlyMap<string, TicketView>): ReadonlySet<string> {
  return new Set(
    [...tickets.values()].flatMap(({ asset, members }) => members.filter((member) => member !== asset)),
  );
}

function affected(asset: string, tickets: ReadonlyMap<string, TicketView>): number {
  return [...tickets.values()]
    .filter((ticket) => ticket.asset === asset)
    .reduce((most, { members }) => Math.max(most, members.length), 0);
}

function wordsOf(asset: AssetView, members: number, zoneNames: ReadonlyMap<string, string>): string {
  return [
    STATUS_WORD[asset.status],
    KIND_WORD[asset.kind],
    conditionWord(asset),
    members === 0 ? '' : `${members} affected`,
    zoneNames.get(asset.zone) ?? asset.zone,
  ]
    .filter((word) => word !== '')
    .join(' · ');
}

/** Everything that is not in order, worst first: the plan as a list. */
export function Attention(props: {
  assets: readonly AssetView[];
  tickets: ReadonlyMap<string, TicketView>;
  zoneNames: ReadonlyMap<string, string>;
}): JSX.Element {
  const stoodFor = membersOf(props.tickets);
  const ailing = props.assets
    .filter((asset) => needsAttention(asset) && !stoodFor.has(asset.id))
    .sort(
      (a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || (a.name < b.name ? -1 : 1),
    );
  if (ailing.length === 0) return <Empty title="All in order">Nothing here needs anybody.</Empty>;
  return (
    <section class="attention" aria-label="Needs attention">
      <h2>
        Needs attention <span class="soft">{count(ailing.length, 'thing')} to look at</span>
      </h2>
      <ul class="rows">
        {ailing.slice(0, SHOWN_MAX).map((asset) => (
          <li key={asset.id}>
            <a class="row" href={`/asset/${asset.id}`}>
              <StatusShape status={asset.status} size={20} />
              <span class="row-main">
                <strong>{asset.name}</strong>
                <span class="row-words">
                  {wordsOf(asset, affected(asset.id, props.tickets), props.zoneNames)}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {ailing.length > SHOWN_MAX && <p class="soft">and {ailing.length - SHOWN_MAX} more: filter by kind.</p>}
    </section>
  );
}
