import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rfc3339 } from '../../model/clock.ts';
import { CODES, type Code, meaningOf, StewardError } from '../../model/codes.ts';
import type { QuarantineView, ReplayView } from '../../model/views/watch.ts';
import type { Quarantined } from '../../store/quarantine/contract.ts';
import { cursorInput, decodeNumber, encodeCursor, limitInput } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { quarantineCountsSchema, quarantineSchema, replaySchema } from '../schemas/watch.ts';

type Ports = Pick<ApiDeps, 'quarantine' | 'replayQuarantined'>;

/** In lists: a page of a thousand large payloads would be no page. */
const LISTED_PAYLOAD_BYTES = 4 * 1024;
/** Of one request, so that it is answered before anybody loses patience. */
const REPLAYED_AT_MOST = 1_000;

const tag = 'watch';
const rejectCode = z.enum(
  CODES.filter((code): code is Code =>
    /^(topic|payload|value|time)_|^(asset|metric)_unknown$|^series_rejected$/.test(code),
  ),
);

function quarantineView(item: Quarantined): QuarantineView {
  return {
    id: item.id,
    message: item.message,
    received: rfc3339(item.received),
    topic: item.topic,
    client: item.client,
    code: item.code,
    meaning: meaningOf(item.code),
    detail: item.detail,
    payload: new TextDecoder().decode(item.payload),
    size: item.size,
    whole: item.whole,
  };
}

function addListRoute(app: FastifyInstance, { quarantine }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/quarantine',
      name: 'listQuarantine',
      summary: 'Messages that were not accepted and why, newest first; of large payloads the beginning',
      tag,
      access: 'signed_in',
      query: z.strictObject({
        code: rejectCode.optional(),
        limit: limitInput(100, 1_000),
        cursor: cursorInput(),
      }),
      answer: { status: 200, schema: listOf(quarantineSchema) },
    },
    ({ query }) => {
      const before = query.cursor === undefined ? undefined : decodeNumber(query.cursor);
      const { limit, code } = query;
      const found = quarantine.list({ limit: limit + 1, before, code, payloadBytes: LISTED_PAYLOAD_BYTES });
      const items = found.slice(0, limit);
      const last = items[items.length - 1];
      return {
        items: items.map(quarantineView),
        next: found.length > items.length && last ? encodeCursor(String(last.id)) : null,
      };
    },
  );
}

function addItemRoutes(app: FastifyInstance, { quarantine }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/quarantine/counts',
      name: 'countQuarantine',
      summary: 'How many messages are in quarantine, by code',
      tag,
      access: 'signed_in',
      answer: { status: 200, schema: quarantineCountsSchema },
    },
    () => {
      const { kept, bytes, total, keptByCode } = quarantine.counts();
      const byCode = Object.entries(keptByCode).map(([code, count]) => ({ code, kept: count }));
      return { kept, bytes, total, by_code: byCode.sort((a, b) => b.kept - a.kept) };
    },
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/quarantine/:id',
      name: 'getQuarantined',
      summary: 'One message that was not accepted, with all of its payload that was kept',
      tag,
      access: 'signed_in',
      params: z.strictObject({
        id: z
          .string()
          .regex(/^\d{1,15}$/, 'is no number')
          .transform(Number),
      }),
      answer: { status: 200, schema: quarantineSchema },
    },
    ({ params }) => {
      const item = quarantine.get(params.id);
      if (!item) throw new StewardError('not_found', `There is no rejected message ${params.id}.`);
      return quarantineView(item);
    },
  );
}

function addReplayRoute(app: FastifyInstance, { quarantine, replayQuarantined }: Ports): void {
  addRoute(
    app,
    {
      method: 'POST',
      path: '/quarantine/replay',
      name: 'replayQuarantine',
      summary: `Tries rejected messages again, by id or the oldest of a code, ${REPLAYED_AT_MOST} at most`,
      tag,
      access: 'staff',
      body: z.strictObject({
        ids: z.array(z.int().min(1)).min(1).max(REPLAYED_AT_MOST).optional(),
        code: rejectCode.optional(),
      }),
      answer: { status: 200, schema: replaySchema },
    },
    async ({ body }): Promise<ReplayView> => {
      if ((body.ids === undefined) === (body.code === undefined)) {
        throw new StewardError('request_invalid', 'body: either ids or code is expected');
      }
      const ids = body.ids ? [...new Set(body.ids)] : quarantine.ids(body.code);
      const items = await replayQuarantined(ids.slice(0, REPLAYED_AT_MOST));
      return { items, left: Math.max(0, ids.length - REPLAYED_AT_MOST) };
    },
  );
}

export function addQuarantineRoutes(app: FastifyInstance, ports: Ports): void {
  addListRoute(app, ports);
  addItemRoutes(app, ports);
  addReplayRoute(app, ports);
}
