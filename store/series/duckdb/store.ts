import type { DuckDBConnection } from '@duckdb/node-api';
import { type Clock, systemClock } from '../../../model/clock.ts';
import type { Point } from '../../../model/point.ts';
import { DEFAULT_MAX_SERIES, refuseNewSeries } from '../cardinality.ts';
import type { LatestRow, SeriesStore, Settlement } from '../contract.ts';
import { checked } from '../point-check.ts';
import { planBatch, unplan } from './batch.ts';
import { commitBatch } from './commit.ts';
import { matching } from './dictionary.ts';
import { closeFile, type DuckdbSeriesOptions, isFatal, messageOf, type OpenFile, openFile } from './file.ts';
import { latestRows, loadNewest, type Newest, noteNewest } from './newest.ts';
import { readCount, readPosition, readWindow } from './read.ts';
import { hoursTouched, noteTouched } from './rollup.ts';
import { scanTable } from './scan.ts';
import { expire, keptFrom, refuseExpired, rollUpWhatIsDue } from './upkeep.ts';

/** How long a caller waits after the disk refused: it does not mend in milliseconds. */
const RETRY_AFTER_MS = 1_000;

interface State {
  readonly options: DuckdbSeriesOptions;
  readonly newest: Newest;
  file: OpenFile;
  /** The writer's work, one after the other. */
  queue: Promise<unknown>;
  /** DuckDB gave up; the file is opened again before the next use. */
  broken: boolean;
  /** Why the last write failed. */
  failure: string | undefined;
  closing: Promise<void> | undefined;
  /** Points before this time are deleted. */
  expired: number;
}

/**
 * The series engine in the process: one DuckDB file. One writer at a time; queries run beside it. The journal's
 * position is committed together with the points.
 *
 * @throws StewardError `data_unwritable` when the file is no database or cannot be written, `data_locked` when
 * another process has it open.
 */
export async function openDuckdbSeries(options: DuckdbSeriesOptions): Promise<SeriesStore> {
  const state: State = {
    options,
    newest: new Map(),
    file: await openFile(options),
    queue: Promise.resolve(),
    broken: false,
    failure: undefined,
    closing: undefined,
    expired: 0,
  };
  return {
    engine: 'duckdb',
    position: () => read(state, (_file, connection) => readPosition(connection)),
    write: (points, upTo, signal) =>
      state.closing === undefined
        ? alone(state, () => write(state, points, upTo, signal))
        : Promise.resolve({ stored: 0, rejected: [], keep: points, reason: 'the series store is closed' }),
    window: (query) =>
      read(state, async ({ tables, dictionary, rollups }, connection) => {
        const { measurement } = query;
        const table = tables.get(measurement);
        if (table === undefined) return [];
        const series = matching(dictionary, measurement, query.where);
        return readWindow(connection, table, query, series, rollups.get(measurement));
      }),
    scan: (query) =>
      read(state, ({ tables, dictionary }, connection) => {
        const assets = new Map<number, string>();
        for (const { id, measurement, tags } of dictionary.byId.values())
          if (measurement === query.measurement) assets.set(id, tags['asset'] ?? '');
        return scanTable(
          connection,
          { fields: new Set(tables.get(query.measurement)?.fields), assets },
          query,
        );
      }),
    latest: (measurement) => latest(state, measurement),
    count: (measurement) =>
      read(state, async ({ tables }, connection) => {
        const table = tables.get(measurement);
        return table === undefined ? 0 : readCount(connection, table);
      }),
    health: async () => {
      const trouble = state.closing === undefined ? state.failure : 'closed';
      const detail = `DuckDB ${options.file}`;
      return trouble === undefined ? { ok: true, detail } : { ok: false, detail: `${detail}: ${trouble}` };
    },
    close: () => {
      state.closing ??= state.queue.then(() => closeFile(state.file));
      return state.closing;
    },
  };
}

/** Runs on the writer's connection when everything asked for before is done. */
function alone<T>(state: State, work: () => Promise<T>): Promise<T> {
  const done = state.queue.then(work);
  state.queue = done.catch(() => undefined);
  return done;
}

/** @throws StewardError as opening does. */
async function mend(state: State): Promise<void> {
  if (!state.broken) return;
  await closeFile(state.file);
  state.file = await openFile(state.options);
  state.newest.clear();
  state.broken = false;
}

async function read<T>(
  state: State,
  work: (file: OpenFile, connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  if (state.broken && state.closing === undefined) await alone(state, () => mend(state));
  const { file } = state;
  try {
    return await file.readers.use((connection) => work(file, connection));
  } catch (error) {
    if (isFatal(error)) state.broken = true;
    throw error;
  }
}

async function write(
  state: State,
  points: readonly Point[],
  upTo: number,
  signal: AbortSignal,
): Promise<Settlement> {
  const { good: sound, rejected: unsound } = checked(points);
  const { good: young, rejected: old } = refuseExpired(
    sound,
    keptFrom(clockOf(state), state.options.retentionDays),
  );
  const { index } = state.file.dictionary;
  const { good, rejected: late } = refuseNewSeries(
    young,
    index,
    state.options.maxSeries ?? DEFAULT_MAX_SERIES,
  );
  const rejected = [...unsound, ...old, ...late];
  if (signal.aborted) return { stored: 0, rejected, keep: good, reason: 'the write was called off' };
  try {
    await mend(state);
    const calm = await commit(state, good, upTo);
    state.failure = undefined;
    void alone(state, () => upkeep(state, calm));
    return { stored: good.length, rejected, keep: [] };
  } catch (error) {
    if (isFatal(error)) state.broken = true;
    state.failure = messageOf(error);
    return { stored: 0, rejected, keep: good, retryAfterMs: RETRY_AFTER_MS, reason: state.failure };
  }
}

/** Answers whether it left the hours that are rolled up alone. */
async function commit(state: State, points: readonly Point[], upTo: number): Promise<boolean> {
  const { writer, dictionary, tables, rollups } = state.file;
  const plan = planBatch(points, dictionary, tables);
  const touched = hoursTouched(rollups, points);
  try {
    await commitBatch(writer, plan, upTo, touched);
  } catch (error) {
    unplan(plan, dictionary);
    throw error;
  }
  noteNewest(state.newest, points);
  noteTouched(rollups, touched, points);
  return touched.size === 0;
}

function clockOf(state: State): Clock {
  return state.options.clock ?? systemClock;
}

/** Never rejects: without it answers stay true, from the points; what is due is tried again after the next write. */
async function upkeep(state: State, calm: boolean): Promise<void> {
  if (state.closing !== undefined || state.broken) return;
  const { writer, tables, rollups } = state.file;
  const from = keptFrom(clockOf(state), state.options.retentionDays);
  try {
    await rollUpWhatIsDue(writer, tables, rollups, { now: clockOf(state).now(), from, calm });
    if (from <= state.expired) return;
    if (await expire(writer, tables, rollups, from)) state.expired = from;
    state.newest.clear();
  } catch (error) {
    if (isFatal(error)) state.broken = true;
    state.failure = `roll-up or deletion failed: ${messageOf(error)}`;
  }
}

async function latest(state: State, measurement: string): Promise<readonly LatestRow[]> {
  if (state.closing !== undefined) throw new Error('the series store is closed');
  if (!state.file.tables.has(measurement)) return [];
  if (!state.newest.has(measurement))
    await alone(state, async () => {
      await mend(state);
      const { writer, dictionary, tables } = state.file;
      const table = tables.get(measurement);
      if (table !== undefined) state.newest.set(measurement, await loadNewest(writer, table, dictionary));
    });
  return latestRows(state.newest.get(measurement) ?? new Map());
}
