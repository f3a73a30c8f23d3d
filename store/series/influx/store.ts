import type { Health } from '../../../model/health.ts';
import type { Point } from '../../../model/point.ts';
import { DEFAULT_MAX_SERIES, refuseNewSeries } from '../cardinality.ts';
import type { SeriesStore, Settlement } from '../contract.ts';
import { checked, measurementOf } from '../point-check.ts';
import { type SeriesIndex, type SeriesName, seriesIndex } from '../series-index.ts';
import { encodeLines } from './lines.ts';
import { type InfluxSeriesOptions, mustBeUsable } from './options.ts';
import * as queries from './queries.ts';
import { scanInflux } from './scan.ts';
import type { InfluxServer } from './server.ts';
import { influxServer1 } from './server-1.ts';
import { influxServer2 } from './server-2.ts';
import { influxServer3 } from './server-3.ts';
import { settlePoints } from './settle.ts';

interface State {
  readonly server: InfluxServer;
  readonly name: string;
  /** Series written since the store was opened: which ones InfluxDB has from before is not asked. */
  readonly begun: SeriesIndex<SeriesName>;
  readonly maxSeries: number;
  readonly inFlight: Set<Promise<unknown>>;
  closed: boolean;
  /** Why points of the last write were kept. */
  failure: string | undefined;
}

const SERVERS = { 1: influxServer1, 2: influxServer2, 3: influxServer3 } as const;

/**
 * InfluxDB as the series engine. One that does not answer is no error: the store is unhealthy, keeps every point that
 * it is given, and makes its database when the server comes.
 *
 * @throws StewardError `config_invalid` when the URL, the retention or the organisation cannot be meant.
 */
export async function openInfluxSeries(options: InfluxSeriesOptions): Promise<SeriesStore> {
  mustBeUsable(options);
  const { version = 1, database = 'steward', timeoutMs = 10_000, url } = options;
  const state: State = {
    server: SERVERS[version](options, database, timeoutMs),
    name: `InfluxDB ${version} ${url}`,
    begun: seriesIndex(),
    maxSeries: options.maxSeries ?? DEFAULT_MAX_SERIES,
    inFlight: new Set(),
    closed: false,
    failure: undefined,
  };
  await state.server.database.ready();
  return {
    engine: 'influx',
    position: async () => undefined,
    write: (points, _upTo, signal) => tracked(state, write(state, points, signal)),
    async window(query) {
      const fields = queries.knownFields(query);
      const text = queries.windowQuery(query, fields);
      return text === undefined ? [] : queries.windowRows(await ask(state, [text]), fields);
    },
    scan: (query) => scanInflux({ name: state.name, ask: (statements) => ask(state, statements) }, query),
    async latest(measurement) {
      const fields = measurementOf(measurement)?.fields;
      if (fields === undefined) return [];
      return queries.latestRows(await ask(state, queries.latestQueries(measurement, fields)), fields);
    },
    async count(measurement) {
      const fields = measurementOf(measurement)?.fields;
      return fields === undefined
        ? 0
        : queries.countIn(await ask(state, [queries.countQuery(measurement, fields)]));
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

async function ask(state: State, statements: readonly string[]): Promise<queries.InfluxAnswer> {
  if (state.closed) throw new Error('the series store is closed');
  const answer = await tracked(state, state.server.ask(statements));
  const error = answer.results.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) throw new Error(`InfluxDB refused the query: ${error}`);
  return answer;
}

/** Nothing else of the point is to stay in memory. */
function nameOf({ measurement, tags }: Point): SeriesName {
  return { measurement, tags };
}

async function write(state: State, points: readonly Point[], signal: AbortSignal): Promise<Settlement> {
  const { good: sound, rejected: unsound } = checked(points);
  const { good, rejected: beyond } = refuseNewSeries(sound, state.begun, state.maxSeries);
  const rejected = [...unsound, ...beyond];
  for (const point of good) if (state.begun.find(point) === undefined) state.begun.add(nameOf(point));
  if (state.closed || signal.aborted)
    return { stored: 0, rejected, keep: good, reason: 'the write was called off' };
  const unready = await state.server.database.ready();
  if (unready !== undefined) return { stored: 0, rejected, keep: good, retryAfterMs: 1_000, reason: unready };
  const settled = await settlePoints(good, (part) => state.server.send(encodeLines(part), signal));
  state.failure = settled.reason;
  // Perhaps somebody dropped it while we were running: made again before the next try.
  if (settled.keep.length > 0) state.server.database.doubt();
  return { ...settled, rejected: [...rejected, ...settled.rejected] };
}

async function health(state: State): Promise<Health> {
  const trouble = state.closed ? 'closed' : ((await state.server.database.check()) ?? state.failure);
  const detail = state.name;
  return trouble === undefined ? { ok: true, detail } : { ok: false, detail: `${detail}: ${trouble}` };
}
