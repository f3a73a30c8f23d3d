import type { FastifyInstance, FastifyRequest } from 'fastify';
import { StewardError } from '../../model/codes.ts';
import type { SignIn } from './identity.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A page of another origin must not act with our cookie. SameSite=Strict keeps the cookie away from it; this refuses
 * what a browser sends all the same. Scripts send no Origin.
 */
function refuseOtherOrigins(request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return;
  const { origin } = request.headers;
  const isForeign =
    origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host.toLowerCase());
  if (isForeign || request.headers['sec-fetch-site'] === 'cross-site') {
    throw new StewardError(
      'forbidden',
      `Requests from pages of ${origin ?? 'another site'} are refused at ${request.host}. A reverse proxy must pass on the Host header.`,
    );
  }
}

/** Before every route with a spec: origin, then who asks, then whether that role may. */
export function installGuard(app: FastifyInstance, signIn: SignIn): void {
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    refuseOtherOrigins(request);
    const access = request.routeOptions.config.spec?.access ?? 'public';
    if (access === 'public') return;
    request.identity = await signIn.identify(request);
    if (!request.identity) throw new StewardError('not_signed_in', 'Sign in first: POST /api/v1/session.');
    if (access === 'staff' && request.identity.role === 'viewer') {
      throw new StewardError('forbidden', `A ${request.identity.role} may look, not act.`);
    }
  });
}

/** The identity that the guard found. */
export function identityOf(request: FastifyRequest) {
  if (!request.identity) throw new StewardError('not_signed_in', 'Sign in first.');
  return request.identity;
}
