import { existsSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StewardError } from '../../../model/codes.ts';
import type { SeriesScan } from '../contract.ts';
import { messageOf } from './file.ts';
import { type ScannedTable, scanTable } from './scan.ts';
import { quoted } from './tables.ts';

/** A DuckDB file that nobody else has open. Writes nothing. */
export interface DuckdbFileScan extends SeriesScan {
  /** Time of the newest point of a measurement; undefined when there is none. */
  newest(measurement: string): Promise<number | undefined>;
  close(): void;
}

function lockedOrWorse(file: string, error: unknown): StewardError {
  const message = messageOf(error);
  return /set lock/i.test(message)
    ? new StewardError(
        'data_locked',
        `${file}: a running Steward has it open, and DuckDB lets nobody else read; stop Steward, or give a copy of its data folder with --data`,
        { cause: error },
      )
    : new StewardError('file_unreadable', `${file} cannot be read as a DuckDB database: ${message}`, {
        cause: error,
      });
}

async function openReadOnly(file: string, memoryLimitMb: number): Promise<DuckDBInstance> {
  if (!existsSync(file)) throw new StewardError('not_found', `${file}: no readings are stored here`);
  try {
    return await DuckDBInstance.create(file, {
      access_mode: 'READ_ONLY',
      threads: '2',
      memory_limit: `${memoryLimitMb}MB`,
      autoinstall_known_extensions: 'false',
    });
  } catch (error) {
    throw lockedOrWorse(file, error);
  }
}

async function readTable(connection: DuckDBConnection, measurement: string): Promise<ScannedTable> {
  const columns = await connection.runAndReadAll(
    'SELECT column_name FROM information_schema.columns WHERE table_name = $1',
    [`points_${measurement}`],
  );
  const series = await connection.runAndReadAll(
    "SELECT id, json_extract_string(tags, '$.asset') FROM series WHERE measurement = $1",
    [measurement],
  );
  return {
    fields: new Set(columns.getRows().map(([name]) => String(name))),
    assets: new Map(series.getRows().map(([id, asset]) => [Number(id), String(asset)])),
  };
}

/** @throws StewardError `data_locked`, `not_found`, `file_unreadable`. */
export async function openDuckdbFileScan(file: string, memoryLimitMb = 512): Promise<DuckdbFileScan> {
  const instance = await openReadOnly(file, memoryLimitMb);
  const connection = await instance.connect();
  const tables = new Map<string, Promise<ScannedTable>>();
  const tableOf = (measurement: string): Promise<ScannedTable> => {
    const known = tables.get(measurement) ?? readTable(connection, measurement);
    tables.set(measurement, known);
    return known;
  };
  return {
    scan: async (query) => scanTable(connection, await tableOf(query.measurement), query),
    newest: async (measurement) => {
      if ((await tableOf(measurement)).fields.size === 0) return undefined;
      const sql = `SELECT max(ts)::DOUBLE FROM ${quoted(`points_${measurement}`)}`;
      const newest = (await connection.runAndReadAll(sql)).getRows()[0]?.[0];
      return typeof newest === 'number' ? newest : undefined;
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
