import { type Kysely, sql } from 'kysely';
import { StewardError } from '../../../model/codes.ts';
import type { RecordsSchema } from './schema.ts';

/** What the engines name differently. */
export interface ColumnTypes {
  readonly bytes: 'blob' | 'bytea';
}

/** One step of the schema. Steps are only ever added: a step that has left this house is never changed. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<RecordsSchema>, types: ColumnTypes): Promise<void>;
}

async function createTickets(db: Kysely<RecordsSchema>): Promise<void> {
  await db.schema
    .createTable('tickets')
    .addColumn('number', 'bigint', (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('rule', 'text', (c) => c.notNull())
    .addColumn('site', 'text', (c) => c.notNull())
    .addColumn('zone', 'text', (c) => c.notNull())
    .addColumn('asset', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('trade', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('assignee', 'text')
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('respond_by', 'bigint', (c) => c.notNull())
    .addColumn('resolve_by', 'bigint', (c) => c.notNull())
    .addColumn('acknowledged_at', 'bigint')
    .addColumn('closed_at', 'bigint')
    .addColumn('reopened', 'integer', (c) => c.notNull())
    .addColumn('fault_active', 'integer', (c) => c.notNull())
    .addColumn('members', 'text', (c) => c.notNull())
    .addColumn('evidence', 'text')
    .addColumn('proof', 'text')
    .addColumn('resolution', 'text')
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('tickets_key').on('tickets').columns(['key', 'number']).execute();
  await db.schema.createIndex('tickets_asset').on('tickets').columns(['asset', 'number']).execute();
  await db.schema.createIndex('tickets_state').on('tickets').columns(['state', 'number']).execute();
  // The promise of RULES.md, kept by the engine too: a fault never has two open tickets.
  await sql`create unique index tickets_one_open on tickets (key) where state not in ('closed', 'cancelled')`.execute(
    db,
  );
}

async function createTicketEvents(db: Kysely<RecordsSchema>): Promise<void> {
  await db.schema
    .createTable('ticket_events')
    .addColumn('ticket', 'bigint', (c) => c.notNull().references('tickets.number'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('note', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('assignee', 'text')
    .addColumn('cause', 'text', (c) => c.notNull().unique())
    .addPrimaryKeyConstraint('ticket_events_pk', ['ticket', 'seq'])
    .execute();
}

async function createPeopleAndDevices(db: Kysely<RecordsSchema>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('devices')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('asset', 'text', (c) => c.notNull())
    .addColumn('secret_hash', 'text', (c) => c.notNull())
    .addColumn('bound_from', 'bigint', (c) => c.notNull())
    .execute();
}

async function createSnapshots(db: Kysely<RecordsSchema>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('snapshots')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('state', sql.raw(types.bytes), (c) => c.notNull())
    .execute();
}

async function addEventSeverity(db: Kysely<RecordsSchema>): Promise<void> {
  await db.schema.alterTable('ticket_events').addColumn('severity', 'text').execute();
}

/** Engine states are files beside the journal that they point into (docs/decisions/0022). */
async function dropSnapshots(db: Kysely<RecordsSchema>): Promise<void> {
  await db.schema.dropTable('snapshots').execute();
}

export const MIGRATIONS: readonly Migration[] = [
  { name: 'tickets', up: createTickets },
  { name: 'ticket_events', up: createTicketEvents },
  { name: 'people_and_devices', up: createPeopleAndDevices },
  { name: 'snapshots', up: createSnapshots },
  { name: 'event_severity', up: addEventSeverity },
  { name: 'snapshots_are_files', up: dropSnapshots },
];

/**
 * Takes the steps that are missing, in order, each in a transaction of its own with its record: a crash in between
 * leaves a schema that the next start goes on from.
 *
 * @throws StewardError `records_newer` when the records have steps that this Steward does not know.
 */
export async function migrate(
  db: Kysely<RecordsSchema>,
  types: ColumnTypes,
  now: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', 'integer', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('applied_at', 'bigint', (c) => c.notNull())
    .execute();
  const taken = await db.selectFrom('migrations').selectAll().orderBy('number').execute();
  taken.forEach((row, i) => {
    if (migrations[i]?.name === row.name) return;
    throw new StewardError(
      'records_newer',
      `the records have step ${row.number} (${row.name}), which this Steward does not know; ` +
        'start the version that wrote them, or restore a backup',
    );
  });
  for (const [i, migration] of migrations.entries()) {
    if (i < taken.length) continue;
    await db.transaction().execute(async (step) => {
      await migration.up(step, types);
      await step
        .insertInto('migrations')
        .values({ number: i + 1, name: migration.name, applied_at: now })
        .execute();
    });
  }
}
