import type { Asset, Person, Site, Zone } from './site.ts';

/** Finds what a message, a rule or a page names. Built once from the site files; immutable. */
export interface Directory {
  readonly sites: readonly Site[];
  site(id: string): Site | undefined;
  zone(site: string, id: string): Zone | undefined;
  asset(id: string): Asset | undefined;
  person(id: string): Person | undefined;
  assets(): Iterable<Asset>;
  /** What hangs on a circuit or a gateway, in the order of the site file. */
  fedBy(circuit: string): readonly Asset[];
  carriedBy(gateway: string): readonly Asset[];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === '') continue;
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** Sites must have been checked: ids unique, references resolved (`app` does both when it loads them). */
export function directoryOf(sites: readonly Site[]): Directory {
  const assets = sites.flatMap((site) => site.assets);
  const siteById = new Map(sites.map((site) => [site.id, site]));
  const zoneById = new Map(
    sites.flatMap((site) => site.zones.map((zone) => [`${site.id}/${zone.id}`, zone] as const)),
  );
  const assetById = new Map(assets.map((asset) => [asset.id, asset]));
  const personById = new Map(
    sites.flatMap((site) => site.people.map((person) => [person.id, person] as const)),
  );
  const byCircuit = groupBy(assets, (asset) => asset.circuit);
  const byGateway = groupBy(assets, (asset) => asset.gateway);
  return {
    sites,
    site: (id) => siteById.get(id),
    zone: (site, id) => zoneById.get(`${site}/${id}`),
    asset: (id) => assetById.get(id),
    person: (id) => personById.get(id),
    assets: () => assetById.values(),
    fedBy: (circuit) => byCircuit.get(circuit) ?? [],
    carriedBy: (gateway) => byGateway.get(gateway) ?? [],
  };
}
