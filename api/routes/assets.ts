import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { StewardError } from '../../model/codes.ts';
import type { Directory } from '../../model/directory.ts';
import { KINDS } from '../../model/kinds.ts';
import type { Asset } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import { cursorInput, limitInput, pageByKey } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { assetSchema } from '../schemas/site.ts';
import { type AssetNews, assetView, severityByAsset } from '../views/asset-view.ts';
import { openTickets, ticketsByAsset } from '../views/open-work.ts';
import { isAt, placeInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'directory' | 'records' | 'latest' | 'faults' | 'clock'>;

/** A suggestion costs a comparison with every name: not more of them than this. */
const MOST_SUGGESTED = 5_000;

/** Throws `not_found`, with the asset that was probably meant. */
export function findAsset(directory: Directory, id: string): Asset {
  const asset = directory.asset(id);
  if (asset) return asset;
  const names: string[] = [];
  for (const { id: known } of directory.assets()) {
    if (names.push(known) >= MOST_SUGGESTED) break;
  }
  throw new StewardError('not_found', `There is no asset "${id}"${didYouMean(id, names)}.`);
}

async function newsOf(ports: Ports, where: { readonly site?: string | undefined }): Promise<AssetNews> {
  return {
    now: ports.clock.now(),
    latest: ports.latest,
    severities: severityByAsset(ports.faults()),
    tickets: ticketsByAsset(await openTickets(ports.records.tickets, where)),
  };
}

export function addAssetRoutes(app: FastifyInstance, ports: Ports): void {
  const { directory } = ports;
  addRoute(
    app,
    {
      method: 'GET',
      path: '/assets',
      name: 'listAssets',
      summary: 'Assets with their status, newest values and open tickets, by id',
      tag: 'places',
      access: 'signed_in',
      query: z.strictObject({
        kind: z.enum(KINDS).optional(),
        ...placeInput,
        limit: limitInput(5_000, 5_000),
        cursor: cursorInput(),
      }),
      answer: { status: 200, schema: listOf(assetSchema) },
    },
    async ({ query }) => {
      const fits = [...directory.assets()].filter(
        (asset) => (query.kind === undefined || asset.kind === query.kind) && isAt(asset, query),
      );
      const { items, next } = pageByKey(fits, (asset) => asset.id, query);
      const news = await newsOf(ports, { site: query.site });
      return { items: items.map((asset) => assetView(asset, news)), next };
    },
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/assets/:id',
      name: 'getAsset',
      summary: 'One asset',
      tag: 'places',
      access: 'signed_in',
      params: z.strictObject({ id: z.string() }),
      answer: { status: 200, schema: assetSchema },
    },
    async ({ params }) => {
      const asset = findAsset(directory, params.id);
      return assetView(asset, await newsOf(ports, { site: asset.site }));
    },
  );
}
