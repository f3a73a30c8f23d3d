import { HOUR_MS } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Journal } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import { openInfluxSeries } from '../store/series/influx/store.ts';
import type { SnapshotStore } from '../store/snapshots/contract.ts';
import { snapshotFiles } from '../store/snapshots/file.ts';
import type { Closing } from './closing.ts';
import type { Config } from './config-schema.ts';
import type { DataFolder } from './data-folder.ts';

export interface Stores {
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly series: SeriesStore;
  readonly records: RecordsStore;
  readonly snapshots: SnapshotStore;
}

/** Throws what opening the engine of the configuration throws. */
export function openSeries({ series }: Config, folder: Pick<DataFolder, 'at'>): Promise<SeriesStore> {
  if (series.engine === 'duckdb')
    return openDuckdbSeries({
      file: folder.at('series.duckdb'),
      retentionDays: series.retention_days,
      maxSeries: series.max_series,
    });
  const { version, url, bucket, org, token, user, password, retention, max_series: maxSeries } = series;
  const database = bucket ?? series.database;
  const signIn = user === '' ? {} : { user, password };
  return openInfluxSeries({ version, url, database, org, token, retention, maxSeries, ...signIn });
}

/** Opens what is kept, or nothing: what was opened before a failure is closed again. */
export async function openStores(
  config: Config,
  folder: DataFolder,
  closing: Closing,
  log: Log,
): Promise<Stores> {
  const records = closing.own('records', await openSqliteRecords({ file: folder.at('records.sqlite') }));
  const series = closing.own('series', await openSeries(config, folder));
  const { quarantine: kept } = config;
  const quarantine = closing.own(
    'quarantine',
    await openQuarantine({ dir: folder.at('quarantine'), limit: kept.limit, limitBytes: kept.max_bytes }),
  );
  const { limit, max_bytes, max_age_hours } = config.journal;
  const limits = { limit, limitBytes: max_bytes, limitAgeMs: max_age_hours * HOUR_MS };
  const journal = closing.own('journal', await openJournal({ dir: folder.at('journal'), ...limits, log }));
  return { journal, quarantine, series, records, snapshots: snapshotFiles(folder.at('.')) };
}
