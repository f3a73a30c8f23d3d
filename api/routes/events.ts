import type { FastifyInstance } from 'fastify';
import type { LiveHub } from '../live/hub.ts';
import { addRoute } from '../route.ts';
import { identityOf } from '../sign-in/guard.ts';
import type { SignIn } from '../sign-in/identity.ts';

export function addEventRoutes(app: FastifyInstance, live: LiveHub, signIn: SignIn): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/events',
      name: 'streamEvents',
      summary: 'Server-sent events: latest, ticket, fault, and sync when some were missed',
      tag: 'watch',
      access: 'signed_in',
      answer: { status: 200, media: 'text/event-stream' },
    },
    async ({ request, reply }) => {
      const identity = identityOf(request);
      const lastEventId = request.headers['last-event-id'];
      const stream = live.connect({
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        allowed: () => signIn.isAlive(identity),
      });
      // Proxies (nginx) would otherwise hold events back until a buffer is full.
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
  app.addHook('preClose', async () => live.close());
}
