import { BAY_CLASSES } from '../../model/attributes.ts';
import { rfc3339, SECOND_MS } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import type { Asset, Site, Zone } from '../../model/site.ts';
import type { ParkingClassView, ParkingView, ParkingZoneView } from '../../model/views/parking.ts';
import type { LatestValues } from '../latest.ts';
import { isSilent } from './freshness.ts';

/** Where nobody may ever park; such a bay is never free, whatever its sensor says. */
const NEVER_FREE = 'fire_lane';

type Word = { readonly occupied: boolean; readonly seen: number } | undefined;

/** What the bay's sensor says; undefined when it says nothing that is fresh. */
function wordOf(bay: Asset, latest: LatestValues, now: number): Word {
  const occupied = latest.of(bay.id).get('occupied');
  const seen = latest.seen(bay.id);
  if (!occupied || seen === undefined || isSilent(bay, seen, now)) return undefined;
  return { occupied: occupied.value >= 0.5, seen };
}

function classView(bay_class: string, bays: readonly { readonly word: Word }[]): ParkingClassView {
  const isFree = (word: Word): boolean => bay_class !== NEVER_FREE && word?.occupied === false;
  return {
    bay_class,
    total: bays.length,
    free: bays.filter(({ word }) => isFree(word)).length,
    unknown: bays.filter(({ word }) => !word).length,
  };
}

function zoneView(
  site: Site,
  zone: Zone,
  bays: readonly Asset[],
  latest: LatestValues,
  now: number,
): ParkingZoneView {
  const words = bays.map((bay) => ({
    bay_class: String(bay.attributes['bay_class']),
    word: wordOf(bay, latest, now),
  }));
  // A device's clock may be a little ahead of ours: its word is not younger than now.
  const ages_s = words.flatMap(({ word }) => (word ? [Math.max(0, (now - word.seen) / SECOND_MS)] : []));
  const heard = ages_s.length > 0;
  return {
    zone: zone.id,
    zone_name: zone.name,
    site: site.id,
    site_name: site.name,
    tz: site.tz,
    classes: BAY_CLASSES.map((name) => ({ name, of: words.filter((w) => w.bay_class === name) }))
      .filter(({ of }) => of.length > 0)
      .map(({ name, of }) => classView(name, of)),
    oldest_s: heard ? ages_s.reduce((a, b) => Math.max(a, b)) : null,
    newest_s: heard ? ages_s.reduce((a, b) => Math.min(a, b)) : null,
  };
}

/** Free bays by zone and class. Zones without bays are left out. */
export function parkingView(
  directory: Directory,
  latest: LatestValues,
  now: number,
  where: { readonly site?: string | undefined; readonly zone?: string | undefined } = {},
): ParkingView {
  const items = directory.sites
    .filter((site) => where.site === undefined || site.id === where.site)
    .flatMap((site) =>
      site.zones
        .filter((zone) => where.zone === undefined || zone.id === where.zone)
        .map((zone) => ({
          zone,
          bays: site.assets.filter((a) => a.kind === 'bay' && a.zone === zone.id),
        }))
        .filter(({ bays }) => bays.length > 0)
        .map(({ zone, bays }) => zoneView(site, zone, bays, latest, now)),
    );
  return { at: rfc3339(now), items, next: null };
}
