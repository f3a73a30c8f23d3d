import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SessionView } from '../../model/views/session.ts';
import { addRoute } from '../route.ts';
import { sessionSchema } from '../schemas/public.ts';
import { identityOf } from '../sign-in/guard.ts';
import type { SignIn } from '../sign-in/identity.ts';

const base = { path: '/session', tag: 'session' } as const;
const answer = { status: 200, schema: sessionSchema } as const;

export function addSessionRoutes(app: FastifyInstance, signIn: SignIn): void {
  addRoute(
    app,
    {
      ...base,
      method: 'POST',
      name: 'signIn',
      summary: 'Signs in; the answer sets the cookie',
      access: 'public',
      body: z.strictObject({
        user: z.string().min(1).max(64),
        password: z.string().min(1).max(1_024),
      }),
      answer,
    },
    ({ body, request, reply }) => signIn.begin(body, request, reply),
  );
  addRoute(
    app,
    { ...base, method: 'GET', name: 'getSession', summary: 'Who you are', access: 'signed_in', answer },
    ({ request }): SessionView => {
      const { user, name, role } = identityOf(request);
      return { user, name, role };
    },
  );
  addRoute(
    app,
    {
      ...base,
      method: 'DELETE',
      name: 'signOut',
      summary: 'Signs out; done also when nobody was signed in',
      access: 'public',
      answer: { status: 204 },
    },
    async ({ request, reply }) => {
      signIn.end(request, reply);
      return reply.code(204).send();
    },
  );
}
