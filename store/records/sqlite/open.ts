import { Kysely, SqliteDialect } from 'kysely';
import { type Clock, systemClock } from '../../../model/clock.ts';
import type { Health } from '../../../model/health.ts';
import type { RecordsStore } from '../contract.ts';
import { kyselyDevices } from '../kysely/devices.ts';
import { migrate } from '../kysely/migrations.ts';
import type { RecordsSchema } from '../kysely/schema.ts';
import { kyselyTickets } from '../kysely/tickets.ts';
import { kyselyUsers } from '../kysely/users.ts';
import { openDatabase } from './database.ts';

export interface SqliteRecordsOptions {
  /** Its folder must exist; SQLite keeps `-wal` and `-shm` beside it. */
  readonly file: string;
  readonly clock?: Clock;
}

async function healthOf(db: Kysely<RecordsSchema>): Promise<Health> {
  try {
    const { count } = await db
      .selectFrom('tickets')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return { ok: true, detail: `SQLite, ${count} tickets` };
  } catch (error) {
    return { ok: false, detail: `SQLite: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * Records in one SQLite file, brought to the newest schema. What a call resolved is on disk.
 *
 * @throws StewardError `data_unwritable`, `file_unreadable`, or `records_newer` for a file of a newer Steward.
 */
export async function openSqliteRecords({
  file,
  clock = systemClock,
}: SqliteRecordsOptions): Promise<RecordsStore> {
  const database = openDatabase(file);
  const db = new Kysely<RecordsSchema>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrate(db, { bytes: 'blob' }, clock.now());
  } catch (error) {
    database.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    tickets: kyselyTickets(db),
    users: kyselyUsers(db),
    devices: kyselyDevices(db),
    health: () => healthOf(db),
    close: () => {
      closing ??= db.destroy();
      return closing;
    },
  };
}
