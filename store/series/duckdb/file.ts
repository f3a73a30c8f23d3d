import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Clock } from '../../../model/clock.ts';
import { StewardError } from '../../../model/codes.ts';
import { type Dictionary, loadDictionary } from './dictionary.ts';
import { openReaders, type Readers } from './readers.ts';
import { prepareRollups, type Rollups } from './rollup.ts';
import { prepareTables, type Table } from './tables.ts';

export interface DuckdbSeriesOptions {
  /** The database file; its folder exists. Made when absent. */
  readonly file: string;
  /** Threads of a query; 2. */
  readonly threads?: number | undefined;
  /** What DuckDB may hold in memory before it spills to disk; 512. */
  readonly memoryLimitMb?: number | undefined;
  /** Days for which points are kept; absent = for ever. Hourly sums stay. */
  readonly retentionDays?: number | undefined;
  /** Series that there may be; {@link DEFAULT_MAX_SERIES}. */
  readonly maxSeries?: number | undefined;
  /** Tells which hours are over, and which days. */
  readonly clock?: Clock | undefined;
}

export interface OpenFile {
  /** False from the moment that it is being closed. */
  open: boolean;
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly readers: Readers;
  readonly tables: ReadonlyMap<string, Table>;
  readonly dictionary: Dictionary;
  readonly rollups: Rollups;
}

/** @throws StewardError `data_unwritable`, `data_locked`. */
export async function openFile(options: DuckdbSeriesOptions): Promise<OpenFile> {
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
    const rollups = await prepareRollups(writer, tables);
    const readers = await openReaders(instance, 2);
    return { open: true, instance, writer, tables, dictionary, rollups, readers };
  } catch (error) {
    instance?.closeSync();
    throw openingError(options.file, error);
  }
}

/** Resolves when the queries that run are done. Closing what is closed does nothing. */
export async function closeFile(file: OpenFile): Promise<void> {
  if (!file.open) return;
  file.open = false;
  await file.readers.close();
  // A failed checkpoint loses nothing: the log beside the file is replayed at the next opening.
  await file.writer.run('CHECKPOINT').catch(() => undefined);
  file.writer.closeSync();
  file.instance.closeSync();
}

/** After such an error (a full disk, for one) DuckDB answers nothing more until the file is opened again. */
export function isFatal(error: unknown): boolean {
  return /^FATAL|has been invalidated/.test(messageOf(error));
}

export function messageOf(error: unknown): string {
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
