import { isOpenState } from '../../../model/ticket.ts';
import type { ProblemView } from '../../../model/views/list.ts';
import type { AssetView, LatestView, SiteView, ZoneView } from '../../../model/views/site.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import type { Connection } from './live.ts';
import { type Store, storeOf } from './store.ts';

/** What the pages know of all sites, kept live. */
export interface World {
  readonly loaded: boolean;
  readonly problem: ProblemView | null;
  readonly connection: Connection;
  readonly sites: readonly SiteView[];
  readonly zones: readonly ZoneView[];
  readonly assets: ReadonlyMap<string, AssetView>;
  /** Open tickets by id. */
  readonly tickets: ReadonlyMap<string, TicketView>;
  /** Moves when the ticket of that id changed, for the page that shows its details. */
  readonly ticketTurns: ReadonlyMap<string, number>;
}

export const EMPTY_WORLD: World = {
  loaded: false,
  problem: null,
  connection: 'connecting',
  sites: [],
  zones: [],
  assets: new Map(),
  tickets: new Map(),
  ticketTurns: new Map(),
};

export const world: Store<World> = storeOf(EMPTY_WORLD);

type LatestByAsset = Readonly<Record<string, Readonly<Record<string, LatestView>>>>;

/** Newer values in, older ones ignored: events may come out of order. */
export function withLatest(now: World, news: LatestByAsset): World {
  const assets = new Map(now.assets);
  for (const [id, values] of Object.entries(news)) {
    const asset = assets.get(id);
    if (!asset) continue;
    const latest = { ...asset.latest };
    let seen = asset.last_seen;
    for (const [metric, value] of Object.entries(values)) {
      const had = latest[metric];
      if (had && Date.parse(had.ts) > Date.parse(value.ts)) continue;
      latest[metric] = value;
      if (seen === null || Date.parse(value.ts) > Date.parse(seen)) seen = value.ts;
    }
    assets.set(id, { ...asset, latest, last_seen: seen });
  }
  return { ...now, assets };
}

export function withAssets(now: World, fetched: readonly AssetView[]): World {
  const assets = new Map(now.assets);
  for (const asset of fetched) assets.set(asset.id, asset);
  return { ...now, assets };
}

/** A closed ticket leaves the open ones; whoever shows it learns that it changed. */
export function withTicket(now: World, ticket: TicketView): World {
  const tickets = new Map(now.tickets);
  if (isOpenState(ticket.state)) tickets.set(ticket.id, ticket);
  else tickets.delete(ticket.id);
  const ticketTurns = new Map(now.ticketTurns);
  ticketTurns.set(ticket.id, (ticketTurns.get(ticket.id) ?? 0) + 1);
  return { ...now, tickets, ticketTurns };
}

/** Open tickets that touch an asset: its own, and those of a circuit or gateway that name it. */
export function ticketsOf(asset: string, tickets: ReadonlyMap<string, TicketView>): readonly TicketView[] {
  return [...tickets.values()].filter((ticket) => ticket.asset === asset || ticket.members.includes(asset));
}
