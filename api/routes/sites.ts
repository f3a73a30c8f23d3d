import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SiteView, ZoneView } from '../../model/views/site.ts';
import { wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { siteSchema, zoneSchema } from '../schemas/site.ts';
import { openTickets } from '../views/open-work.ts';
import { personView } from '../views/people.ts';
import { placeInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'directory' | 'records'>;

function addSiteList(app: FastifyInstance, { directory }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/sites',
      name: 'listSites',
      summary: 'Sites, their time zones and the size of their plans',
      tag: 'places',
      access: 'signed_in',
      answer: { status: 200, schema: listOf(siteSchema) },
    },
    () =>
      wholeList<SiteView>(
        directory.sites.map(({ id, name, tz, lat, lon, plan }) => ({
          id,
          name,
          tz,
          lat,
          lon,
          plan: { width_m: plan.width_m, height_m: plan.height_m },
        })),
      ),
  );
}

export function addSiteRoutes(app: FastifyInstance, ports: Ports): void {
  const { directory, records } = ports;
  addSiteList(app, ports);
  addRoute(
    app,
    {
      method: 'GET',
      path: '/zones',
      name: 'listZones',
      summary: 'Zones, who answers for them and how many tickets are open there',
      tag: 'places',
      access: 'signed_in',
      query: z.strictObject({ site: placeInput.site }),
      answer: { status: 200, schema: listOf(zoneSchema) },
    },
    async ({ query }) => {
      const open = new Map<string, number>();
      for (const { site, zone } of await openTickets(records.tickets, { site: query.site })) {
        open.set(`${site}/${zone}`, (open.get(`${site}/${zone}`) ?? 0) + 1);
      }
      const sites = directory.sites.filter(({ id }) => query.site === undefined || id === query.site);
      return wholeList<ZoneView>(
        sites.flatMap((site) =>
          site.zones.map(({ id, name, steward, outline }) => ({
            id,
            site: site.id,
            name,
            steward: personView(directory, steward),
            outline,
            open_tickets: open.get(`${site.id}/${id}`) ?? 0,
          })),
        ),
      );
    },
  );
}
