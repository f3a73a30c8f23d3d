import { errorIn, type NamedLine, namedLines } from './refusals.ts';

/** What InfluxDB made of a request to write. */
export type Reply =
  | { readonly kind: 'stored' }
  /** 400, 422, or 201 of version 3: at least one line is lost. Only version 3 says which ones, and not always. */
  | { readonly kind: 'refused'; readonly reason: string; readonly named?: readonly NamedLine[] }
  /** 413: fewer lines may pass. */
  | { readonly kind: 'too_large'; readonly reason: string }
  /** 404: the database is not there. */
  | { readonly kind: 'no_database'; readonly reason: string }
  /** Anything else, no answer included: later perhaps. */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number };

/** Sends lines in one request. Never throws. */
export type Sender = (lines: Uint8Array, signal: AbortSignal) => Promise<Reply>;

export interface SenderOptions {
  /** Where lines are posted to, with its query. */
  readonly target: string;
  /** Value of the `Authorization` header. */
  readonly authorization?: string | undefined;
  readonly timeoutMs: number;
}

const RETRY_MS = 1_000;
/** Somebody has to mend the name or the password first. */
const RETRY_SIGN_IN_MS = 30_000;
const LONGEST_RETRY_MS = 300_000;

/** `/write` of version 1, with a precision of milliseconds. */
export function writeTarget1(url: string, database: string): string {
  return `${url.replace(/\/+$/, '')}/write?${new URLSearchParams({ db: database, precision: 'ms' })}`;
}

/** `/api/v2/write`, which versions 2 and 3 share; version 3 has no organisations and ignores the name. */
export function writeTarget2(url: string, bucket: string, org: string): string {
  const query = new URLSearchParams({ bucket, org, precision: 'ms' });
  return `${url.replace(/\/+$/, '')}/api/v2/write?${query}`;
}

/** Posts lines. `fetch` keeps its connections open. */
export function httpSender(options: SenderOptions): Sender {
  const { target } = options;
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (options.authorization !== undefined) headers['authorization'] = options.authorization;
  return async (lines, signal) => {
    try {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const answer = await fetch(target, {
        method: 'POST',
        headers,
        body: lines,
        signal: AbortSignal.any([signal, timeout]),
      });
      return replyOf(answer.status, answer.headers.get('retry-after'), await answer.text());
    } catch (error) {
      return { kind: 'later', reason: reasonOf(error), retryAfterMs: RETRY_MS };
    }
  };
}

function replyOf(status: number, retryAfter: string | null, body: string): Reply {
  if (status === 204 || status === 200) return { kind: 'stored' };
  const reason = `InfluxDB answered ${status}: ${errorIn(body)}`;
  // 201 sounds like success: some clusters of version 3 say so that they stored a part.
  if (status === 400 || status === 422 || status === 201)
    return { kind: 'refused', reason, named: namedLines(body) };
  if (status === 413) return { kind: 'too_large', reason };
  if (status === 404) return { kind: 'no_database', reason };
  const usual = status === 401 || status === 403 ? RETRY_SIGN_IN_MS : RETRY_MS;
  return { kind: 'later', reason, retryAfterMs: retryAfterMs(retryAfter, Date.now()) ?? usual };
}

/** RFC 9110, 10.2.3: seconds or a date. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_MS);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
