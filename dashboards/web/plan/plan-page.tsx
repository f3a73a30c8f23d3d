import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { isKind, KINDS } from '../../../model/kinds.ts';
import type { AssetView, SiteView } from '../../../model/views/site.ts';
import { location, navigate, setQuery } from '../core/router.ts';
import { useStore } from '../core/store.ts';
import { KIND_WORD, KINDS_WORD } from '../core/words.ts';
import { ticketsOf, type World } from '../core/world.ts';
import { Chip } from '../parts/chip.tsx';
import { Empty } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { AssetPanel } from './asset-panel.tsx';
import { Attention } from './attention.tsx';
import { needsAttention } from './condition.ts';
import { Legend } from './legend.tsx';
import { PlanMap } from './plan-map.tsx';
import { Tiles } from './tiles.tsx';

/** The site that is asked for, that of the asset, or the first. */
function siteOf(now: World, asked: string | null, asset: AssetView | undefined): SiteView | undefined {
  return now.sites.find(({ id }) => id === (asset?.site ?? asked)) ?? now.sites[0];
}

function Filters(props: { assets: readonly AssetView[]; kind: string; only: boolean }): JSX.Element {
  const { assets, kind, only } = props;
  const present = KINDS.filter((k) => assets.some((asset) => asset.kind === k));
  return (
    <div class="chips" role="toolbar" aria-label="What the plan shows">
      <Chip
        on={only}
        onClick={() => setQuery({ only: only ? '' : 'attention' })}
        count={assets.filter(needsAttention).length}
      >
        Needs attention
      </Chip>
      <span class="chips-gap" />
      <Chip on={kind === ''} onClick={() => setQuery({ kind: '' })}>
        All
      </Chip>
      {present.map((k) => (
        <Chip key={k} icon={k} on={kind === k} onClick={() => setQuery({ kind: kind === k ? '' : k })}>
          {KINDS_WORD[k]}
        </Chip>
      ))}
    </div>
  );
}

function SitePicker({ sites, site }: { sites: readonly SiteView[]; site: SiteView }): JSX.Element | null {
  if (sites.length < 2) return null;
  return (
    <label class="picker">
      <span class="hidden">Site</span>
      <select value={site.id} onChange={(event) => navigate(`/?site=${event.currentTarget.value}`)}>
        {sites.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function PlanPage({ now, asset: id }: { now: World; asset: string | null }): JSX.Element {
  const { query } = useStore(location);
  const asset = id === null ? undefined : now.assets.get(id);
  const site = siteOf(now, query.get('site'), asset);
  const assets = useMemo(
    () => [...now.assets.values()].filter((a) => a.site === site?.id),
    [now.assets, site?.id],
  );
  const kind = isKind(query.get('kind') ?? '') ? (query.get('kind') ?? '') : '';
  const only = query.get('only') === 'attention';
  // Each asset is begun at its top.
  useEffect(() => window.scrollTo(0, 0), [id]);
  if (!site) return <Empty title="No site yet">The site file names no site.</Empty>;
  const zones = now.zones.filter((zone) => zone.site === site.id);
  const tickets = [...now.tickets.values()].filter((ticket) => ticket.site === site.id);
  const ticketsByZone = new Map<string, number>();
  for (const { zone } of tickets) ticketsByZone.set(zone, (ticketsByZone.get(zone) ?? 0) + 1);
  const zoneNames = new Map(zones.map((zone) => [zone.id, zone.name]));
  const search = query.toString() === '' ? '' : `?${query}`;
  const select = (next: string | null): void => navigate(next ? `/asset/${next}${search}` : `/${search}`);
  const passes = (a: AssetView): boolean =>
    (kind === '' || a.kind === kind) && (!only || needsAttention(a) || a.id === id);
  return (
    <main class="plan-page">
      <PageHead
        title={site.name}
        tab={asset ? `${KIND_WORD[asset.kind]} ${asset.name}` : site.name}
        quiet={id !== null}
      >
        <SitePicker sites={now.sites} site={site} />
      </PageHead>
      <Tiles assets={assets} tickets={tickets} />
      <Filters assets={assets} kind={kind} only={only} />
      <div class={asset ? 'plan-body plan-body-asset' : 'plan-body'}>
        <div class="plan-frame">
          <PlanMap
            key={site.id}
            site={site}
            zones={zones}
            assets={assets}
            ticketsByZone={ticketsByZone}
            selected={asset?.id ?? null}
            onSelect={select}
            passes={passes}
          />
          <Legend />
        </div>
        <aside class="side">
          {asset ? (
            <AssetPanel
              key={asset.id}
              asset={asset}
              tz={site.tz}
              zoneName={zoneNames.get(asset.zone) ?? asset.zone}
              tickets={ticketsOf(asset.id, now.tickets)}
              onClose={() => select(null)}
            />
          ) : id !== null ? (
            <Empty title="No such asset">
              Nothing here is called {id}. <a href="/">Back to the plan</a>
            </Empty>
          ) : (
            <Attention
              assets={assets.filter((a) => kind === '' || a.kind === kind)}
              tickets={now.tickets}
              zoneNames={zoneNames}
            />
          )}
        </aside>
      </div>
    </main>
  );
}
