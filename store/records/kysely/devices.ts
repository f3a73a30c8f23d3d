import type { Kysely } from 'kysely';
import type { DeviceRecords } from '../contract.ts';
import type { RecordsSchema } from './schema.ts';

/** Devices' credentials and bindings, by id. */
export function kyselyDevices(db: Kysely<RecordsSchema>): DeviceRecords {
  return {
    put: async (devices) => {
      await db.transaction().execute(async (transaction) => {
        for (const { id, asset, secret_hash, bound_from } of devices) {
          await transaction
            .insertInto('devices')
            .values({ id, asset, secret_hash, bound_from })
            .onConflict((conflict) => conflict.column('id').doUpdateSet({ asset, secret_hash, bound_from }))
            .execute();
        }
      });
    },
    list: () => db.selectFrom('devices').selectAll().orderBy('id').execute(),
    remove: async (id) => {
      await db.deleteFrom('devices').where('id', '=', id).execute();
    },
  };
}
