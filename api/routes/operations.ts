import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { readySchema } from '../schemas/watch.ts';

type Ports = Pick<ApiDeps, 'ready' | 'metrics'>;

const tag = 'operations';

/** For supervisors, load balancers and Prometheus; public, because those have no account. */
export function addOperationRoutes(app: FastifyInstance, { ready, metrics }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/healthz',
      name: 'isAlive',
      summary: 'The process answers',
      tag,
      access: 'public',
      answer: { status: 200, schema: z.strictObject({ ok: z.literal(true) }) },
    },
    () => ({ ok: true }),
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/readyz',
      name: 'isReady',
      summary: 'Each part says ok or why not; 503 when one is not',
      tag,
      access: 'public',
      answer: { status: 200, schema: readySchema },
    },
    async ({ reply }) => {
      const view = await ready();
      return reply.code(view.ok ? 200 : 503).send(view);
    },
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/metrics',
      name: 'getMetrics',
      summary: 'Counters in Prometheus text format',
      tag,
      access: 'public',
      answer: { status: 200, media: 'text/plain' },
    },
    async ({ reply }) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
  app.get('/api/openapi.json', { config: {} }, async () => app.swagger());
}
