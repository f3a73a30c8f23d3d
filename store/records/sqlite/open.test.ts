import { copyFile, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRecords } from '../conformance.testkit.ts';
import { MIGRATIONS, migrate } from '../kysely/migrations.ts';
import type { RecordsSchema } from '../kysely/schema.ts';
import { itAnswersAsPlainMaps } from '../model.testkit.ts';
import { changeOf, ticketOf } from '../ticket.testkit.ts';
import { openDatabase } from './database.ts';
import { openSqliteRecords } from './open.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-records-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

let files = 0;
const freshFile = (): string => join(folder, `records-${++files}.db`);

let conformanceFile = '';
describeRecords('SQLite', {
  reset: async () => {
    conformanceFile = freshFile();
  },
  open: () => openSqliteRecords({ file: conformanceFile }),
});

itAnswersAsPlainMaps(() => openSqliteRecords({ file: ':memory:' }));

function kyselyOn(file: string): Kysely<RecordsSchema> {
  return new Kysely<RecordsSchema>({ dialect: new SqliteDialect({ database: openDatabase(file) }) });
}

describe('the file', () => {
  it('says which folder cannot be written, and which file is no database', async () => {
    await expect(openSqliteRecords({ file: join(folder, 'none', 'records.db') })).rejects.toMatchObject({
      code: 'data_unwritable',
    });
    const file = freshFile();
    await writeFile(file, 'This is a diary, not a database. '.repeat(200));
    await expect(openSqliteRecords({ file })).rejects.toMatchObject({
      code: 'file_unreadable',
      message: expect.stringContaining(file),
    });
  });

  it('is left alone when a newer Steward wrote it', async () => {
    const file = freshFile();
    await (await openSqliteRecords({ file })).close();
    const db = kyselyOn(file);
    await db.insertInto('migrations').values({ number: 99, name: 'from_tomorrow', applied_at: 0 }).execute();
    await db.destroy();
    await expect(openSqliteRecords({ file })).rejects.toMatchObject({ code: 'records_newer' });
  });

  it('refuses what would end the process or change a value on its way', async () => {
    const db = kyselyOn(freshFile());
    for (const value of [true, Number.NaN, Number.POSITIVE_INFINITY, undefined, new Date(0)]) {
      await expect(sql`select ${value}`.execute(db), String(value)).rejects.toThrow(TypeError);
    }
    await db.destroy();
  });

  // What kill -9 leaves is the file and its write-ahead log, with nobody having closed them.
  it.each([
    ['stopped', 0, 20],
    ['stopped in the middle of its last commit', 100, 19],
  ])('has every earlier commit after its process was %s', async (_how, torn, kept) => {
    const file = freshFile();
    const left = freshFile();
    const records = await openSqliteRecords({ file });
    for (let n = 1; n <= 20; n++) await records.tickets.commit([changeOf(ticketOf(`T-${n}`), `c${n}`)]);
    await copyFile(file, left);
    await copyFile(`${file}-wal`, `${left}-wal`);
    await truncate(`${left}-wal`, (await stat(`${left}-wal`)).size - torn);
    const survivor = await openSqliteRecords({ file: left });
    expect((await survivor.tickets.list({ limit: 50 })).items).toHaveLength(kept);
    await Promise.all([records.close(), survivor.close()]);
  });

  it('serves a second process beside the first', async () => {
    const file = freshFile();
    const first = await openSqliteRecords({ file });
    const second = await openSqliteRecords({ file });
    await first.tickets.commit([changeOf(ticketOf('T-1'), 'c1')]);
    await second.users.put({ id: 'ola', role: 'staff', password_hash: 'h' });
    expect(await second.tickets.get('T-1')).toBeDefined();
    expect(await first.users.get('ola')).toBeDefined();
    await Promise.all([first.close(), second.close()]);
  });
});

describe('migrations', () => {
  it('go on from where an older Steward stopped, once each, and keep what is there', async () => {
    const file = freshFile();
    const db = kyselyOn(file);
    await migrate(db, { bytes: 'blob' }, 1, MIGRATIONS.slice(0, 2));
    await sql`insert into tickets select 1, 'k', 'r', 's', 'z', 'a', 'bay', 'minor', 't', 'steward', 'open', null,
      1, 2, 3, null, null, 0, 1, '[]', null, null, null, 1`.execute(db);
    await migrate(db, { bytes: 'blob' }, 2);
    await migrate(db, { bytes: 'blob' }, 3);
    const taken = await db
      .selectFrom('migrations')
      .select(['name', 'applied_at'])
      .orderBy('number')
      .execute();
    expect(taken).toEqual(MIGRATIONS.map(({ name }, i) => ({ name, applied_at: i < 2 ? 1 : 2 })));
    await db.destroy();
    const records = await openSqliteRecords({ file });
    expect((await records.tickets.get('T-1'))?.key).toBe('k');
    await records.close();
  });

  it('leave nothing of a step that fails', async () => {
    const db = kyselyOn(freshFile());
    const broken = {
      name: 'broken',
      up: async (step: Kysely<RecordsSchema>) => {
        await step.schema.createTable('half').addColumn('a', 'text').execute();
        throw new Error('power cut');
      },
    };
    await expect(migrate(db, { bytes: 'blob' }, 1, [broken])).rejects.toThrow('power cut');
    const { rows } = await sql`select name from sqlite_master where name = 'half'`.execute(db);
    expect(rows).toEqual([]);
    await migrate(db, { bytes: 'blob' }, 1);
    await db.destroy();
  });
});
