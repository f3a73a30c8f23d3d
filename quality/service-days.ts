import type { Scenario } from '../firmware-sim/scenario.ts';
import { DAY_MS, MINUTE_MS } from '../model/clock.ts';
import type { Asset, Site } from '../model/site.ts';

/** The day of the last service of an asset that is due at `due`. */
function servicedOn({ attributes }: Asset, due: number): string {
  const serviced = due - Number(attributes['service_every_d']) * DAY_MS;
  return new Date(serviced).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/**
 * The site whose pumps fall due by the calendar as the scenario says, in the first midnight (UTC) after the fault begins.
 * `start`: of the simulation, epoch milliseconds.
 */
export function withServiceDays(site: Site, { faults }: Scenario, start: number): Site {
  const dueOf = new Map(
    faults
      .filter(({ fault }) => fault === 'calendar_service_due')
      .map(({ asset, when }) => {
        const from = start + when.offset_min * MINUTE_MS;
        return [asset, Math.ceil(from / DAY_MS) * DAY_MS];
      }),
  );
  const assets = site.assets.map((asset) => {
    const due = dueOf.get(asset.id);
    if (due === undefined) return asset;
    return { ...asset, attributes: { ...asset.attributes, serviced: servicedOn(asset, due) } };
  });
  return { ...site, assets };
}
