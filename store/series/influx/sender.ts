/** What InfluxDB made of a request to write. */
export type Reply =
  | { readonly kind: 'stored' }
  /** 400: at least one line is lost; which ones, it does not say. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** 413: fewer lines may pass. */
  | { readonly kind: 'too_large'; readonly reason: string }
  /** 404: the database is not there. */
  | { readonly kind: 'no_database'; readonly reason: string }
  /** Anything else, no answer included: later perhaps. */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number };

/** Sends lines, joined by newlines, in one request. Never throws. */
export type Sender = (body: string, signal: AbortSignal) => Promise<Reply>;

export interface SenderOptions {
  readonly url: string;
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly timeoutMs: number;
}

const RETRY_MS = 1_000;
/** Somebody has to mend the name or the password first. */
const RETRY_SIGN_IN_MS = 30_000;
const LONGEST_RETRY_MS = 300_000;

/** Sends to `/write` of InfluxDB 1.x with a precision of milliseconds. `fetch` keeps its connections open. */
export function httpSender(options: SenderOptions): Sender {
  const query = new URLSearchParams({ db: options.database, precision: 'ms' });
  const target = `${options.url.replace(/\/+$/, '')}/write?${query}`;
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (options.user !== undefined)
    headers['authorization'] =
      `Basic ${Buffer.from(`${options.user}:${options.password ?? ''}`).toString('base64')}`;
  return async (body, signal) => {
    try {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const answer = await fetch(target, {
        method: 'POST',
        headers,
        body,
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
  if (status === 400) return { kind: 'refused', reason };
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

function errorIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // A proxy's page in between is no JSON: its beginning will do.
  }
  return body.slice(0, 200).trim();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
