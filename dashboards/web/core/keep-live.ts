import type { LiveEvent } from '../../../model/views/event.ts';
import type { AssetView, SiteView, ZoneView } from '../../../model/views/site.ts';
import type { TicketDetailView, TicketView } from '../../../model/views/ticket.ts';
import { asProblem, get, getAll } from './client.ts';
import { connectLive } from './live.ts';
import { EMPTY_WORLD, withAssets, withLatest, withTicket, world } from './world.ts';

/** States that a ticket in work can have, as the API's `state` filter takes them. */
const OPEN_TICKETS = '/tickets?state=open,assigned,acknowledged,in_progress,on_hold,done,proving';
const GATHER_MS = 250;
/** Above so many changed assets one list is cheaper than many questions. */
const SINGLY_MAX = 8;

async function loadAll(): Promise<void> {
  try {
    const [sites, zones, assets, tickets] = await Promise.all([
      getAll<SiteView>('/sites'),
      getAll<ZoneView>('/zones'),
      getAll<AssetView>('/assets'),
      getAll<TicketView>(OPEN_TICKETS),
    ]);
    world.update((now) => ({
      ...now,
      loaded: true,
      problem: null,
      sites,
      zones,
      assets: new Map(assets.map((asset) => [asset.id, asset])),
      tickets: new Map(tickets.map((ticket) => [ticket.id, ticket])),
      ticketTurns: new Map([...now.ticketTurns].map(([id, turn]) => [id, turn + 1])),
    }));
  } catch (error) {
    world.update((now) => ({ ...now, problem: asProblem(error) }));
  }
}

async function refresh(assets: readonly string[], tickets: readonly string[]): Promise<void> {
  try {
    const fetchedAssets =
      assets.length > SINGLY_MAX
        ? await getAll<AssetView>('/assets')
        : await Promise.all(assets.map((id) => get<AssetView>(`/assets/${encodeURIComponent(id)}`)));
    const fetchedTickets = await Promise.all(
      tickets.map((id) => get<TicketDetailView>(`/tickets/${encodeURIComponent(id)}`)),
    );
    world.update((now) => fetchedTickets.reduce(withTicket, withAssets(now, fetchedAssets)));
  } catch {
    // The next sync tells the truth; an error here would only hide what is still shown rightly.
  }
}

/** Gathers what changed for a moment, so that a storm of events becomes few questions. */
function gatherer(): { asset(id: string): void; ticket(id: string): void; stop(): void } {
  const assets = new Set<string>();
  const tickets = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void refresh([...assets], [...tickets]);
      assets.clear();
      tickets.clear();
    }, GATHER_MS);
  };
  return {
    asset: (id) => {
      assets.add(id);
      soon();
    },
    ticket: (id) => {
      tickets.add(id);
      soon();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Loads everything, then follows the events. Returns how to stop; what was known is forgotten then. */
export function keepLive(): () => void {
  const changed = gatherer();
  const onEvent = (event: LiveEvent): void => {
    if (event.type === 'sync') void loadAll();
    else if (event.type === 'ticket') changed.ticket(event.id);
    else if (event.type === 'fault') changed.asset(event.asset);
    else {
      const { assets } = world.get();
      for (const id of Object.keys(event.assets)) {
        const status = assets.get(id)?.status;
        if (status === 'silent' || status === 'unknown') changed.asset(id);
      }
      world.update((now) => withLatest(now, event.assets));
    }
  };
  const stopLine = connectLive('/api/v1/events', {
    onEvent,
    onConnection: (connection) => {
      // A refused line may mean that the session is over: asking anything tells.
      if (connection === 'lost' && world.get().loaded) void get('/session').catch(() => {});
      world.update((now) => ({ ...now, connection }));
    },
  });
  void loadAll();
  return () => {
    stopLine();
    changed.stop();
    world.set(EMPTY_WORLD);
  };
}

export function reload(): void {
  void loadAll();
}

/** After an own action: the answer is the newest word on the ticket. */
export function ticketChanged(ticket: TicketDetailView): void {
  world.update((now) => withTicket(now, ticket));
}
