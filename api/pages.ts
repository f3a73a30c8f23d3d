import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StewardError } from '../model/codes.ts';
import { didYouMean } from '../model/suggest.ts';
import { answerError } from './problem.ts';

const NOT_BUILT = `Steward runs, but its pages are not built. Build them: npm run build
The API is at /api/v1, its description at /api/openapi.json.
`;
const YEAR_S = 31_536_000;

/** Vite puts the hash of the content into these names: another content has another name. */
const HASHED = /[\\/]assets[\\/][^\\/]+-[\w-]{8}\.\w+(\.map)?$/;

function isPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = request.url.split('?', 1)[0]!;
  // A name with a dot is a file; a page's place has none.
  return path !== '/api' && !path.startsWith('/api/') && !path.slice(path.lastIndexOf('/')).includes('.');
}

function nothingThere(request: FastifyRequest, paths: readonly string[]): StewardError {
  const path = request.url.split('?', 1)[0]!;
  return new StewardError('not_found', `There is no ${request.method} ${path}${didYouMean(path, paths)}.`);
}

/** The built pages below `/`. Every path that is neither a file nor the API's is the pages' own: index.html. */
export async function installPages(
  app: FastifyInstance,
  webRoot: string | undefined,
  apiPaths: readonly string[],
): Promise<void> {
  const isBuilt = webRoot !== undefined && existsSync(join(webRoot, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webRoot,
      cacheControl: false,
      dotfiles: 'ignore',
      setHeaders: (reply, path) => {
        const isForever = HASHED.test(path);
        reply.setHeader('cache-control', isForever ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply): FastifyReply => {
    if (!isPage(request)) return answerError(nothingThere(request, apiPaths), request, reply);
    if (isBuilt) return reply.sendFile('index.html');
    return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
  });
}
