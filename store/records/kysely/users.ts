import type { Kysely } from 'kysely';
import type { Role } from '../../../model/site.ts';
import type { UserRecord, UserRecords } from '../contract.ts';
import type { RecordsSchema, UserRow } from './schema.ts';

function userOfRow(row: UserRow): UserRecord {
  return { ...row, role: row.role as Role };
}

/** Who may sign in, by id. */
export function kyselyUsers(db: Kysely<RecordsSchema>): UserRecords {
  return {
    put: async ({ id, role, password_hash }) => {
      await db
        .insertInto('users')
        .values({ id, role, password_hash })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ role, password_hash }))
        .execute();
    },
    get: async (id) => {
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row && userOfRow(row);
    },
    list: async () => {
      const rows = await db.selectFrom('users').selectAll().orderBy('id').execute();
      return rows.map(userOfRow);
    },
  };
}
