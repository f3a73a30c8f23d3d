import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { DAY_MS, rfc3339 } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { Asset } from '../../model/site.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { ReadingsView } from '../../model/views/site.ts';
import type { Row, SeriesStore } from '../../store/series/contract.ts';
import { cursorInput, decodeNumber, encodeCursor, limitInput } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { readingsSchema } from '../schemas/site.ts';
import { everyInput, timeInput } from '../time-input.ts';
import { metricView } from '../views/metrics.ts';
import { findAsset } from './assets.ts';

type Ports = Pick<ApiDeps, 'directory' | 'series' | 'latest' | 'clock'>;

const querySchema = z.strictObject({
  metrics: z.string().describe('Comma list of metrics; absent = all that have data').optional(),
  from: timeInput('First time').optional(),
  to: timeInput('Time before which it ends').optional(),
  every: everyInput().optional(),
  limit: limitInput(10_000, 20_000),
  cursor: cursorInput(),
});
type Query = z.output<typeof querySchema>;

/** The metrics that are asked for; undefined = whichever have data. */
function askedMetrics(asset: Asset, list: string | undefined): readonly string[] | undefined {
  if (list === undefined) return undefined;
  const known = metricsOf(asset.kind);
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const wrong = names.filter((name) => !known.has(name));
  if (wrong.length === 0) return names;
  const words = wrong.map((name) => `"${name}"${didYouMean(name, known.keys())}`).join(', ');
  throw new StewardError('request_invalid', `query.metrics: a ${asset.kind} has no metric ${words}`);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The last 24 hours by default, and whatever a clock ahead of ours has already sent. */
function spanOf(query: Query, now: number, seen: number | undefined): Span {
  const to = query.to ?? Math.max(now, seen ?? now) + 1;
  const from = query.from ?? (query.to ?? now) - DAY_MS;
  if (from >= to) throw new StewardError('request_invalid', 'query.from: must be before `to`');
  return { from, to };
}

interface ReadingsPage {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

async function readPage(
  series: Pick<SeriesStore, 'window'>,
  asset: Asset,
  fields: readonly string[],
  { from, to }: Span,
  query: Query,
): Promise<ReadingsPage> {
  const start = query.cursor === undefined ? from : decodeNumber(query.cursor);
  if (start >= to) return { rows: [], next: null };
  const rows = await series.window({
    measurement: asset.kind,
    fields,
    where: { asset: asset.id },
    from: start,
    to,
    every_ms: query.every,
    limit: query.limit + 1,
  });
  const more = rows[query.limit];
  return { rows: rows.slice(0, query.limit), next: more ? encodeCursor(String(more.ts)) : null };
}

export function addReadingRoutes(app: FastifyInstance, ports: Ports): void {
  const { directory, series, latest, clock } = ports;
  addRoute(
    app,
    {
      method: 'GET',
      path: '/assets/:id/readings',
      name: 'listReadings',
      summary: 'Readings of an asset, oldest first, as stored or as means of buckets',
      tag: 'places',
      access: 'signed_in',
      params: z.strictObject({ id: z.string() }),
      query: querySchema,
      answer: { status: 200, schema: readingsSchema },
    },
    async ({ params, query }): Promise<ReadingsView> => {
      const asset = findAsset(directory, params.id);
      const asked = askedMetrics(asset, query.metrics);
      const span = spanOf(query, clock.now(), latest.seen(asset.id));
      const catalogue = [...metricsOf(asset.kind).keys()];
      const { rows, next } = await readPage(series, asset, asked ?? catalogue, span, query);
      const found = new Set([
        ...latest.of(asset.id).keys(),
        ...rows.flatMap((row) => Object.keys(row.values)),
      ]);
      return {
        asset: asset.id,
        tz: directory.site(asset.site)?.tz ?? 'UTC',
        from: rfc3339(span.from),
        to: rfc3339(span.to),
        every_ms: query.every ?? null,
        metrics: (asked ?? catalogue.filter((name) => found.has(name))).map((name) =>
          metricView(asset.kind, name),
        ),
        items: rows.map((row) => ({ ts: rfc3339(row.ts), values: row.values })),
        next,
      };
    },
  );
}
