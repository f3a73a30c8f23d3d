import type { Kysely } from 'kysely';
import type { SnapshotRecords } from '../contract.ts';
import type { RecordsSchema } from './schema.ts';

/** Engine states by name, each whole with its journal position. */
export function kyselySnapshots(db: Kysely<RecordsSchema>): SnapshotRecords {
  return {
    save: async (name, position, state) => {
      await db
        .insertInto('snapshots')
        .values({ name, position, state })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ position, state }))
        .execute();
    },
    load: async (name) => {
      const row = await db
        .selectFrom('snapshots')
        .select(['position', 'state'])
        .where('name', '=', name)
        .executeTakeFirst();
      // libsql answers an ArrayBuffer, pg a Buffer; a copy is independent of both.
      return row && { position: row.position, state: new Uint8Array(row.state) };
    },
  };
}
