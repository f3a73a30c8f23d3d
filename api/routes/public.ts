import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { NoticeView } from '../../model/views/parking.ts';
import { wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { noticeSchema, parkingSchema } from '../schemas/public.ts';
import { parkingView } from '../views/parking-view.ts';
import { placeInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'directory' | 'latest' | 'clock' | 'notices'>;

/** What residents and drivers may know without an account. */
export function addPublicRoutes(app: FastifyInstance, { directory, latest, clock, notices }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/parking',
      name: 'getParking',
      summary: 'Free bays by zone and class, with the age of the data',
      tag: 'public',
      access: 'public',
      query: z.strictObject(placeInput),
      answer: { status: 200, schema: parkingSchema },
    },
    ({ query }) => parkingView(directory, latest, clock.now(), query),
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/notices',
      name: 'listNotices',
      summary: 'What is out of order, since when and until when it should be mended',
      tag: 'public',
      access: 'public',
      answer: { status: 200, schema: listOf(noticeSchema) },
    },
    async () => wholeList<NoticeView>(await notices()),
  );
}
