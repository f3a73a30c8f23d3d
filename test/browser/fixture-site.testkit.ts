import { fileURLToPath } from 'node:url';
import { loadSite } from '../../app/site-file.ts';
import { MINUTE_MS, rfc3339 } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';
import type { Asset, Site } from '../../model/site.ts';
import type { ParkingView } from '../../model/views/parking.ts';
import type { AssetStatus, AssetView, LatestView, SiteView, ZoneView } from '../../model/views/site.ts';

const SITE_FILE = fileURLToPath(new URL('../../examples/demo/site.yaml', import.meta.url));

export const site: Site = loadSite(SITE_FILE);

export function siteView(): SiteView {
  const { id, name, tz, lat, lon, plan } = site;
  return { id, name, tz, lat, lon, plan };
}

export function personView(id: string): { id: string; name: string } {
  return { id, name: site.people.find((person) => person.id === id)?.name ?? id };
}

export function zoneViews(): readonly ZoneView[] {
  return site.zones.map(({ id, name, steward, outline }) => ({
    id,
    site: site.id,
    name,
    steward: personView(steward),
    outline,
    open_tickets: 0,
  }));
}

/** A night at the demo estate: most lamps lit, three quarters of the bays taken, some pumps running. */
function valuesOf(asset: Asset, chance: () => number): Record<string, number> {
  switch (asset.kind) {
    case 'bay': {
      const never = asset.attributes['bay_class'] === 'fire_lane';
      return { occupied: !never && chance() < 0.72 ? 1 : 0, battery_pct: 60 + Math.floor(chance() * 40) };
    }
    case 'luminaire':
      return { power_w: 52 + chance() * 6, voltage_v: 229 + chance() * 4, level_pct: 100 };
    case 'pump': {
      const running = chance() < 0.4 ? 1 : 0;
      return {
        running,
        power_w: running * (2900 + chance() * 300),
        flow_m3_h: running * (18 + chance() * 3),
        vibration_mm_s: running * (1.6 + chance()),
        level_cm: 60 + chance() * 80,
        run_h: 1200 + chance() * 800,
      };
    }
    case 'circuit':
      return { energized: 1, power_w: 700 + chance() * 60 };
    case 'gateway':
      return { devices: 60 + Math.floor(chance() * 40), queued: 0, uptime_s: 86_400 };
    case 'sign':
      return { shown: Math.floor(chance() * 30) };
    default:
      return { power_w: 100 };
  }
}

export interface Ailment {
  readonly status: AssetStatus;
  readonly values?: Readonly<Record<string, number>>;
  readonly tickets?: readonly string[];
}

export function assetViews(now: number, ailments: Readonly<Record<string, Ailment>>): Map<string, AssetView> {
  const chance = seededRandom(7).next;
  return new Map(
    site.assets.map((asset) => {
      const ailment = ailments[asset.id];
      const ts = rfc3339(now - Math.floor(chance() * MINUTE_MS));
      const values = { ...valuesOf(asset, chance), ...ailment?.values };
      const heard = ailment?.status !== 'unknown';
      const latest: Record<string, LatestView> = heard
        ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, ts }]))
        : {};
      const { id, kind, zone, name, x_m, y_m, attributes } = asset;
      const view: AssetView = {
        id,
        kind,
        site: site.id,
        zone,
        name,
        x_m,
        y_m,
        circuit: asset.circuit || null,
        gateway: asset.gateway || null,
        attributes,
        status: ailment?.status ?? 'ok',
        last_seen: heard ? ts : null,
        latest,
        tickets: ailment?.tickets ?? [],
      };
      return [id, view] as const;
    }),
  );
}

export function parkingView(now: number, assets: ReadonlyMap<string, AssetView>): ParkingView {
  const bays = [...assets.values()].filter(({ kind }) => kind === 'bay');
  const items = site.zones.map((zone) => {
    const here = bays.filter((bay) => bay.zone === zone.id);
    const classes = [...new Set(here.map((bay) => String(bay.attributes['bay_class'])))].map((bay_class) => {
      const of = here.filter((bay) => bay.attributes['bay_class'] === bay_class);
      return {
        bay_class,
        total: of.length,
        free: bay_class === 'fire_lane' ? 0 : of.filter((b) => b.latest['occupied']?.value === 0).length,
        unknown: of.filter((b) => b.latest['occupied'] === undefined).length,
      };
    });
    return {
      zone: zone.id,
      zone_name: zone.name,
      site: site.id,
      site_name: site.name,
      tz: site.tz,
      classes,
      oldest_s: zone.id === 'canal' ? 2400 : 240,
      newest_s: 4,
    };
  });
  return { at: rfc3339(now), items, next: null };
}
