import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Code, meaningOf, StewardError } from '../model/codes.ts';
import type { ProblemView } from '../model/views/list.ts';

/** Codes that are the asker's business, and their status. Any other is a fault of ours: 500 and `internal`. */
const STATUS: Partial<Record<Code, number>> = {
  request_invalid: 400,
  not_signed_in: 401,
  sign_in_refused: 401,
  forbidden: 403,
  not_found: 404,
  action_impossible: 409,
  rule_invalid: 422,
  too_many_attempts: 429,
  too_many_backtests: 429,
  series_unavailable: 503,
};

/** Come again after so many seconds. */
export class RetryLater extends StewardError {
  readonly retryAfterS: number;

  constructor(code: Code, detail: string, retryAfterS: number) {
    super(code, detail);
    this.retryAfterS = retryAfterS;
  }
}

function problem(request: FastifyRequest, status: number, code: Code, detail: string): ProblemView {
  return {
    type: `urn:steward:problem:${code}`,
    title: meaningOf(code),
    status,
    detail,
    code,
    instance: `urn:uuid:${request.id}`,
  };
}

function send(reply: FastifyReply, body: ProblemView): FastifyReply {
  // A 401 must name a scheme (RFC 9110, 11.6.1); one that browsers do not know opens no password box of theirs.
  if (body.status === 401) reply.header('www-authenticate', 'Session realm="steward"');
  return reply.code(body.status).type('application/problem+json').send(JSON.stringify(body));
}

/** What Fastify itself refuses (a body that is no JSON, too large, of another type) has a status below 500. */
function refusedByFastify(error: unknown): { status: number; code: Code; detail: string } | undefined {
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return undefined;
  // A file outside the folder is refused with 403; whether there is one is nobody's business.
  if (statusCode === 403 || statusCode === 404) {
    return { status: 404, code: 'not_found', detail: 'There is no such file.' };
  }
  return { status: statusCode, code: 'request_invalid', detail: String(message) };
}

/** Answers an error as RFC 9457 problem details; what is our fault goes to the log, its id to the asker. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof StewardError) {
    const status = STATUS[error.code];
    if (error instanceof RetryLater) reply.header('retry-after', error.retryAfterS);
    if (status !== undefined) {
      if (status >= 500) request.log.warn({ err: error }, 'request failed');
      return send(reply, problem(request, status, error.code, error.message));
    }
  }
  const refused = refusedByFastify(error);
  if (refused) return send(reply, problem(request, refused.status, refused.code, refused.detail));
  request.log.error({ err: error }, 'request failed');
  return send(reply, problem(request, 500, 'internal', `The log says what, under ${request.id}.`));
}

/** Errors of handlers become problem details everywhere; unknown paths are the pages' business (pages.ts). */
export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
}
