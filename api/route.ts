import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ObjectSchema, parseInput } from './parse.ts';
import type { Identity } from './sign-in/identity.ts';

/** Who may ask: everybody, whoever is signed in, or who works on tickets. */
export type Access = 'public' | 'signed_in' | 'staff';

/** What a route takes and gives, for the handler, for the checks before it and for OpenAPI. */
export interface RouteSpec<P extends ObjectSchema, Q extends ObjectSchema, B extends ObjectSchema> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Unique; what generated clients call it. */
  readonly name: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: Answer;
  /** Of the body; absent = the server's. */
  readonly bodyLimitBytes?: number;
}

/** What a 2xx answer is: JSON of a schema (202: of work that goes on), another media type, or nothing. */
export type Answer =
  | { readonly status: 200 | 202; readonly schema: z.ZodType }
  | { readonly status: 200; readonly media: string }
  | { readonly status: 204 };

export type AnyRouteSpec = RouteSpec<ObjectSchema, ObjectSchema, ObjectSchema>;

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly spec?: AnyRouteSpec;
  }
  interface FastifyRequest {
    /** Set before the handler of every route that is not public. */
    identity: Identity | null;
  }
}

export interface Input<P extends ObjectSchema, Q extends ObjectSchema, B extends ObjectSchema> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

/** Adds a route whose input is checked strictly: what is not in the spec is a mistake. */
export function addRoute<
  P extends ObjectSchema = Nothing,
  Q extends ObjectSchema = Nothing,
  B extends ObjectSchema = Nothing,
>(app: FastifyInstance, spec: RouteSpec<P, Q, B>, handle: (input: Input<P, Q, B>) => unknown): void {
  const { params = NOTHING, query = NOTHING, body } = spec;
  app.route({
    method: spec.method,
    url: spec.path,
    config: { spec },
    ...(spec.bodyLimitBytes === undefined ? {} : { bodyLimit: spec.bodyLimitBytes }),
    // A stream has no length to tell, and for HEAD nobody would ever read it to its end.
    exposeHeadRoute: spec.method === 'GET' && !('media' in spec.answer),
    handler: async (request, reply) => {
      reply.code(spec.answer.status);
      return handle({
        params: parseInput(params, request.params, 'path') as z.output<P>,
        query: parseInput(query, request.query, 'query') as z.output<Q>,
        body: (body ? parseInput(body, request.body, 'body') : {}) as z.output<B>,
        request,
        reply,
      });
    },
  });
}
