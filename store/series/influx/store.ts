import { InfluxDB } from 'influx';
import { StewardError } from '../../../model/codes.ts';
import type { Health } from '../../../model/health.ts';
import type { Point } from '../../../model/point.ts';
import type { SeriesStore, Settlement } from '../contract.ts';
import { checked, measurementOf } from '../point-check.ts';
import { type Database, databaseKeeper } from './database.ts';
import { lineOf } from './lines.ts';
import * as queries from './queries.ts';
import { httpSender, type Sender } from './sender.ts';
import { settleLines } from './settle.ts';

export interface InfluxSeriesOptions {
  /** `http://host:8086` of an InfluxDB 1.x; a path before `/write` and `/query` is kept. */
  readonly url: string;
  /** `steward` when absent. Made when it is not there. */
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** How long points are kept, as InfluxQL writes a duration (`90d`, `52w`); absent = left as it is. */
  readonly retention?: string | undefined;
  /** How long one request may take, milliseconds; 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** The pool bans a host that failed once; with one host that only delays the next try. */
const NO_BAN = { getDelay: () => 0, next: () => NO_BAN, reset: () => NO_BAN };

function clientOf(options: InfluxSeriesOptions, database: string, timeoutMs: number): InfluxDB {
  const url = new URL(options.url);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new InfluxDB({
    protocol,
    host: url.hostname,
    port: Number(url.port) || (protocol === 'https' ? 443 : 80),
    path: url.pathname.replace(/\/+$/, ''),
    database,
    ...(options.user === undefined ? {} : { username: options.user, password: options.password ?? '' }),
    pool: { requestTimeout: timeoutMs, maxRetries: 0, backoff: NO_BAN },
  });
}

function mustBeUsable(options: InfluxSeriesOptions): void {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new StewardError('config_invalid', `series.url is ${options.url}: write http://host:8086`);
  if (options.retention !== undefined && !/^([1-9]\d*[hdw]|INF)$/.test(options.retention))
    throw new StewardError(
      'config_invalid',
      `series.retention is ${options.retention}: write hours, days or weeks like 90d, or INF`,
    );
}

interface State {
  readonly client: InfluxDB;
  readonly database: Database;
  readonly send: Sender;
  readonly url: string;
  readonly inFlight: Set<Promise<unknown>>;
  closed: boolean;
  /** Why points of the last write were kept. */
  failure: string | undefined;
}

/**
 * InfluxDB 1.x as the series engine. An InfluxDB that does not answer is no error: the store is unhealthy, keeps
 * every point that it is given, and makes its database when the server comes.
 *
 * @throws StewardError `config_invalid` when the URL or the retention cannot be meant.
 */
export async function openInfluxSeries(options: InfluxSeriesOptions): Promise<SeriesStore> {
  mustBeUsable(options);
  const name = options.database ?? 'steward';
  const timeoutMs = options.timeoutMs ?? 10_000;
  const client = clientOf(options, name, timeoutMs);
  const { url, user, password } = options;
  const state: State = {
    client,
    database: databaseKeeper(client, name, options.retention, timeoutMs),
    send: httpSender({ url, database: name, user, password, timeoutMs }),
    url,
    inFlight: new Set(),
    closed: false,
    failure: undefined,
  };
  await state.database.ready();
  return {
    engine: 'influx',
    position: async () => undefined,
    write: (points, _upTo, signal) => tracked(state, write(state, points, signal)),
    async window(query) {
      const fields = queries.knownFields(query);
      const text = queries.windowQuery(query, fields);
      return text === undefined ? [] : queries.windowRows(await ask(state, text), fields);
    },
    async latest(measurement) {
      const fields = measurementOf(measurement)?.fields;
      if (fields === undefined) return [];
      return queries.latestRows(await ask(state, queries.latestQuery(measurement, fields)), fields);
    },
    async count(measurement) {
      const fields = measurementOf(measurement)?.fields;
      return fields === undefined
        ? 0
        : queries.countIn(await ask(state, queries.countQuery(measurement, fields)));
    },
    health: () => tracked(state, health(state)),
    async close() {
      state.closed = true;
      await Promise.allSettled(state.inFlight);
    },
  };
}

function tracked<T>(state: State, work: Promise<T>): Promise<T> {
  state.inFlight.add(work);
  const forget = () => state.inFlight.delete(work);
  work.then(forget, forget);
  return work;
}

async function ask(state: State, query: string): Promise<queries.InfluxAnswer> {
  if (state.closed) throw new Error('the series store is closed');
  const asked = state.client.queryRaw(query, { precision: 'ms', method: 'POST' });
  const answer = (await tracked(state, asked)) as queries.InfluxAnswer;
  const error = answer.results.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) throw new Error(`InfluxDB refused the query: ${error}`);
  return answer;
}

async function write(state: State, points: readonly Point[], signal: AbortSignal): Promise<Settlement> {
  const { good, rejected } = checked(points);
  if (state.closed || signal.aborted)
    return { stored: 0, rejected, keep: good, reason: 'the write was called off' };
  const unready = await state.database.ready();
  if (unready !== undefined) return { stored: 0, rejected, keep: good, retryAfterMs: 1_000, reason: unready };
  const settled = await settleLines(good.map(lineOf), state.send, signal);
  state.failure = settled.reason;
  // Perhaps somebody dropped it while we were running: made again before the next try.
  if (settled.keep.length > 0) state.database.doubt();
  return { ...settled, rejected: [...rejected, ...settled.rejected] };
}

async function health(state: State): Promise<Health> {
  const trouble = state.closed ? 'closed' : ((await state.database.check()) ?? state.failure);
  const detail = `InfluxDB ${state.url}`;
  return trouble === undefined ? { ok: true, detail } : { ok: false, detail: `${detail}: ${trouble}` };
}
