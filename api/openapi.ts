import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CODES } from '../model/codes.ts';
import type { ProblemView } from '../model/views/list.ts';
import type { ObjectSchema } from './parse.ts';
import type { AnyRouteSpec } from './route.ts';

const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(CODES),
  instance: z.string(),
}) satisfies z.ZodType<ProblemView>;

type JsonSchema = Record<string, unknown>;

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function inputs(spec: AnyRouteSpec): JsonSchema {
  const named: [string, ObjectSchema | undefined][] = [
    ['params', spec.params],
    ['querystring', spec.query],
    ['body', spec.body],
  ];
  return Object.fromEntries(
    named.flatMap(([name, schema]) => (schema ? [[name, jsonSchema(schema, 'input')]] : [])),
  );
}

function answers({ answer }: AnyRouteSpec): JsonSchema {
  const problem = {
    description: 'Problem details (RFC 9457) with a code of the registry',
    content: { 'application/problem+json': { schema: jsonSchema(problemSchema, 'output') } },
  };
  if (answer.status === 204) return { 204: { description: 'Done', type: 'null' }, default: problem };
  const [media, schema] =
    'media' in answer
      ? [answer.media, { type: 'string' }]
      : ['application/json', jsonSchema(answer.schema, 'output')];
  const description = answer.status === 202 ? 'Taken on; it goes on' : 'OK';
  return { [answer.status]: { description, content: { [media]: { schema } } }, default: problem };
}

function describe(spec: AnyRouteSpec): JsonSchema {
  return {
    operationId: spec.name,
    summary: spec.summary,
    tags: [spec.tag],
    security: spec.access === 'public' ? [] : [{ session: [] }, { basic: [] }],
    ...inputs(spec),
    response: answers(spec),
  };
}

/** `GET /api/openapi.json`, made from the same specs that check the input. Before any route is added. */
export async function installOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Steward',
        version,
        description:
          'Parking bays, lights and pumps: readings, faults and tickets. Times are RFC 3339 in UTC; lists answer `items` and `next`.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'steward_session' },
          basic: { type: 'http', scheme: 'basic' },
        },
      },
    },
    transform: ({ url, route }) => {
      const spec = route.config?.spec;
      return { url, schema: spec ? describe(spec) : { hide: true } };
    },
  });
}
