import { HttpError, InfluxDB } from '@influxdata/influxdb-client';
import type { InfluxSeriesOptions } from './options.ts';
import type { InfluxAnswer } from './queries.ts';
import { httpSender, type Sender, writeTarget2 } from './sender.ts';

/** What versions 2 and 3 have in common: a token, `/health`, `/query` of version 1, `/api/v2/write`. */
export interface TokenServer {
  /** Sends JSON and gives back the JSON answer; text when the answer is none. Rejects with an `HttpError`. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown>;
  query(statements: string): Promise<InfluxAnswer>;
  ping(): Promise<string | undefined>;
  readonly send: Sender;
}

export function tokenServer(options: InfluxSeriesOptions, database: string, timeoutMs: number): TokenServer {
  const { url, token = '', org = '' } = options;
  const { transport } = new InfluxDB({ url, token, timeout: timeoutMs });
  return {
    call: (method, path, body) =>
      transport.request(path, body ?? '', {
        method,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      }),
    query: (statements) =>
      transport.request(
        '/query',
        new URLSearchParams({ db: database, epoch: 'ms', q: statements }).toString(),
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        },
      ),
    async ping() {
      try {
        await transport.request('/health', '', { method: 'GET' });
        return undefined;
      } catch (error) {
        return reasonOf(error);
      }
    },
    send: httpSender({
      target: writeTarget2(url, database, org),
      authorization: token === '' ? undefined : `Token ${token}`,
      timeoutMs,
    }),
  };
}

export function reasonOf(error: unknown): string {
  if (error instanceof HttpError) {
    const json = error.json as { message?: unknown; error?: unknown } | undefined;
    return `InfluxDB answered ${error.statusCode}: ${json?.message ?? json?.error ?? error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Whether the token may not do this. A token that may only read and write cannot make a bucket; then the writes say
 * whether it is there. (401 is a wrong token: that is trouble.)
 */
export function isForbidden(error: unknown): boolean {
  return error instanceof HttpError && error.statusCode === 403;
}
