import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { roundSchema } from '../schemas/round.ts';
import { openTickets, ticketsByAsset } from '../views/open-work.ts';
import { roundView } from '../views/round-view.ts';
import { placeInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'directory' | 'latest' | 'clock' | 'records'>;

export function addRoundRoutes(app: FastifyInstance, ports: Ports): void {
  const { directory, latest, clock, records } = ports;
  addRoute(
    app,
    {
      method: 'GET',
      path: '/rounds/tonight',
      name: 'getRoundTonight',
      summary: 'Lamps by zone: proved lit, proved dark, and the few that telemetry cannot vouch for',
      tag: 'rounds',
      access: 'signed_in',
      query: z.strictObject(placeInput),
      answer: { status: 200, schema: roundSchema },
    },
    async ({ query }) => {
      const tickets = ticketsByAsset(await openTickets(records.tickets, { site: query.site }));
      return roundView({ directory, latest, tickets, now: clock.now() }, query);
    },
  );
}
