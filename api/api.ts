import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { installOpenApi } from './openapi.ts';
import { installPages } from './pages.ts';
import type { ApiDeps } from './ports.ts';
import { answerError, installProblems } from './problem.ts';
import { addAssetRoutes } from './routes/assets.ts';
import { addBacktestRoutes } from './routes/backtests.ts';
import { addDeviceRoutes } from './routes/devices.ts';
import { addEventRoutes } from './routes/events.ts';
import { addOperationRoutes } from './routes/operations.ts';
import { addPublicRoutes } from './routes/public.ts';
import { addQuarantineRoutes } from './routes/quarantine.ts';
import { addReadingRoutes } from './routes/readings.ts';
import { addRoundRoutes } from './routes/rounds.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSiteRoutes } from './routes/sites.ts';
import { addTicketRoutes } from './routes/tickets.ts';
import { addWatchRoutes } from './routes/watch.ts';
import { addWhyRoute } from './routes/why.ts';
import { installSecurityHeaders, setSecurityHeaders } from './security-headers.ts';
import { createCredentialsCheck } from './sign-in/credentials.ts';
import { installGuard } from './sign-in/guard.ts';
import { createSignIn, type SignIn } from './sign-in/identity.ts';
import { createSessions } from './sign-in/sessions.ts';

const API_VERSION = '1';
const BODY_LIMIT_BYTES = 64 * 1024;
/** A request that takes longer to arrive is not meant well. */
const REQUEST_TIMEOUT_MS = 30_000;

function createServer({ log, trustProxy = false }: ApiDeps): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A URL that cannot be decoded reaches no hook.
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(request, reply);
      answerError(error, request, reply);
    },
  });
  // Only JSON: a form of another page cannot send it without asking first (CORS preflight), which nothing answers.
  app.removeContentTypeParser('text/plain');
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    request.log.debug({ method, url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
  });
  return app;
}

function signInOf({ records, directory, wallClock, operatorKey }: ApiDeps): SignIn {
  return createSignIn({
    users: records.users,
    directory,
    operatorKey,
    sessions: createSessions(wallClock),
    check: createCredentialsCheck(records.users, wallClock),
  });
}

/** The HTTP server: API, live events, pages. Assembled and ready, not listening; `close()` ends streams too. */
export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = createServer(deps);
  const signIn = signInOf(deps);
  const paths: string[] = [];
  app.addHook('onRoute', ({ url }) => {
    paths.push(url);
  });
  await app.register(cookie);
  installProblems(app);
  installSecurityHeaders(app);
  installGuard(app, signIn);
  await installOpenApi(app, API_VERSION);
  addOperationRoutes(app, deps);
  await app.register(
    async (v1) => {
      addSiteRoutes(v1, deps);
      addAssetRoutes(v1, deps);
      addReadingRoutes(v1, deps);
      addTicketRoutes(v1, deps);
      addWatchRoutes(v1, deps);
      addWhyRoute(v1, deps);
      addBacktestRoutes(v1, deps);
      addQuarantineRoutes(v1, deps);
      addDeviceRoutes(v1, deps);
      addRoundRoutes(v1, deps);
      addPublicRoutes(v1, deps);
      addSessionRoutes(v1, signIn);
      addEventRoutes(v1, deps.live, signIn);
    },
    { prefix: '/api/v1' },
  );
  await installPages(app, deps.webRoot, paths);
  await app.ready();
  return app;
}
