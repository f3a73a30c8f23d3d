import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StewardError } from '../../../model/codes.ts';
import type { Point } from '../../../model/point.ts';
import type { SeriesStore, Settlement } from '../contract.ts';
import { checked } from '../point-check.ts';
import { planBatch } from './batch.ts';
import { commitBatch } from './commit.ts';
import { type Dictionary, loadDictionary, matching, removeSeries } from './dictionary.ts';
import { latestRows, loadNewest, type Newest, noteNewest } from './newest.ts';
import { readCount, readPosition, readWindow } from './read.ts';
import { openReaders, type Readers } from './readers.ts';
import { prepareTables, type Table } from './tables.ts';

export interface DuckdbSeriesOptions {
  /** The database file; its folder exists. Made when absent. */
  readonly file: string;
  /** Threads of a query; 2. */
  readonly threads?: number | undefined;
  /** What DuckDB may hold in memory before it spills to disk; 512. */
  readonly memoryLimitMb?: number | undefined;
}

interface Opened {
  readonly options: DuckdbSeriesOptions;
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly readers: Readers;
  readonly tables: ReadonlyMap<string, Table>;
  readonly dictionary: Dictionary;
}

/** How long a caller waits after the disk refused: it does not mend in milliseconds. */
const RETRY_AFTER_MS = 1_000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function openingError(file: string, error: unknown): StewardError {
  const message = messageOf(error);
  return /set lock/i.test(message)
    ? new StewardError('data_locked', `${file} is open in another process: ${message}`, { cause: error })
    : new StewardError('data_unwritable', `${file} cannot be opened as a DuckDB database: ${message}`, {
        cause: error,
      });
}

async function openFile(options: DuckdbSeriesOptions): Promise<Opened> {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(options.file, {
      threads: String(options.threads ?? 2),
      memory_limit: `${options.memoryLimitMb ?? 512}MB`,
      // What Steward needs is built in: nothing is fetched from the network behind the operator's back.
      autoinstall_known_extensions: 'false',
    });
    const writer = await instance.connect();
    const tables = await prepareTables(writer);
    const dictionary = await loadDictionary(writer, tables.values());
    return { options, instance, writer, tables, dictionary, readers: await openReaders(instance, 2) };
  } catch (error) {
    instance?.closeSync();
    throw openingError(options.file, error);
  }
}

/**
 * The series engine in the process: one DuckDB file. One writer at a time; queries run beside it. The journal's
 * position is committed together with the points.
 *
 * @throws StewardError `data_unwritable` when the file is no database or cannot be written, `data_locked` when
 * another process has it open.
 */
export async function openDuckdbSeries(options: DuckdbSeriesOptions): Promise<SeriesStore> {
  return storeOf(await openFile(options));
}

function storeOf(opened: Opened): SeriesStore {
  const { writer, readers, tables, dictionary } = opened;
  const newest: Newest = new Map();
  let queue: Promise<unknown> = Promise.resolve();
  let failure: string | undefined;
  let closing: Promise<void> | undefined;

  /** Runs alone on the writer's connection, in the order of the calls. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  const commit = async (points: readonly Point[], upTo: number): Promise<void> => {
    const plan = planBatch(points, dictionary, tables);
    try {
      await commitBatch(writer, plan, upTo);
    } catch (error) {
      removeSeries(dictionary, plan.added);
      throw error;
    }
    for (const [series, ts] of plan.newest) series.newest = ts;
    noteNewest(newest, points);
  };
  const write: SeriesStore['write'] = (points, upTo, signal) =>
    alone(async (): Promise<Settlement> => {
      const { good, rejected } = checked(points);
      if (signal.aborted) return { stored: 0, rejected, keep: good, reason: 'the write was called off' };
      try {
        await commit(good, upTo);
        failure = undefined;
        return { stored: good.length, rejected, keep: [] };
      } catch (error) {
        failure = messageOf(error);
        return { stored: 0, rejected, keep: good, retryAfterMs: RETRY_AFTER_MS, reason: failure };
      }
    });
  const close = async (): Promise<void> => {
    await queue;
    await readers.close();
    // A failed checkpoint loses nothing: the log beside the file is replayed at the next opening.
    await writer.run('CHECKPOINT').catch(() => undefined);
    writer.closeSync();
    opened.instance.closeSync();
  };

  return {
    engine: 'duckdb',
    position: () => readers.use(readPosition),
    write: (points, upTo, signal) =>
      closing === undefined
        ? write(points, upTo, signal)
        : Promise.resolve({ stored: 0, rejected: [], keep: points, reason: 'the series store is closed' }),
    async window(query) {
      const table = tables.get(query.measurement);
      if (table === undefined) return [];
      const series = matching(dictionary, query.measurement, query.where);
      return readers.use((connection) => readWindow(connection, table, query, series));
    },
    async latest(measurement) {
      const table = tables.get(measurement);
      if (table === undefined) return [];
      if (!newest.has(measurement))
        await alone(async () => newest.set(measurement, await loadNewest(writer, table, dictionary)));
      return latestRows(newest.get(measurement) ?? new Map());
    },
    async count(measurement) {
      const table = tables.get(measurement);
      return table === undefined ? 0 : readers.use((connection) => readCount(connection, table));
    },
    async health() {
      if (closing !== undefined) return { ok: false, detail: 'closed' };
      if (failure !== undefined) return { ok: false, detail: `DuckDB ${opened.options.file}: ${failure}` };
      return { ok: true, detail: `DuckDB ${opened.options.file}` };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
