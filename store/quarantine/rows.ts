import type Libsql from 'libsql';
import type { Rejection } from '../../model/rejection.ts';
import type { Quarantined, QuarantineQuery } from './contract.ts';

/**
 * The log of the database is synced by whoever commits, beside the event loop (durable.ts): with `synchronous = FULL`
 * a flood of rejections would hold up everything else for as long as the disk takes.
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS rejected (id INTEGER PRIMARY KEY, code TEXT NOT NULL, received INTEGER NOT NULL,
    size INTEGER NOT NULL, message TEXT NOT NULL, topic TEXT NOT NULL, client TEXT NOT NULL, detail TEXT NOT NULL,
    payload BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS rejected_by_code ON rejected (code);
  CREATE TABLE IF NOT EXISTS counted (code TEXT PRIMARY KEY, total INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Larger than any payload that is kept. */
const ALL_BYTES = 2 ** 31 - 1;
const BEYOND_IDS = Number.MAX_SAFE_INTEGER;

export interface Totals {
  /** Newest id. */
  readonly last: number;
  readonly kept: number;
  readonly bytes: number;
  readonly byCode: Readonly<Record<string, number>>;
  readonly keptByCode: Readonly<Record<string, number>>;
}

/** What a removal takes away. */
export interface Removed {
  readonly id: number;
  readonly code: string;
  readonly bytes: number;
}

/** The statements of the quarantine. */
export interface Rows {
  list(query: QuarantineQuery): Quarantined[];
  get(id: number): Quarantined | undefined;
  ids(code: string | undefined): number[];
  totals(): Totals;
  put(id: number, rejection: Rejection): void;
  remove(id: number): Removed | undefined;
  oldest(): (Removed & { readonly received: number }) | undefined;
  count(code: string): void;
}

type Row = Omit<Rejection, 'payload'> & {
  readonly id: number;
  readonly payload: ArrayBuffer;
  /** Bytes of the payload that are kept. */
  readonly bytes: number;
};

function quarantined({ bytes, payload, ...row }: Row): Quarantined {
  return { ...row, payload: new Uint8Array(payload), whole: bytes === row.size };
}

export function openRows(database: Libsql.Database): Rows {
  database.exec(SCHEMA);
  const columns = `id, code, received, size, message, topic, client, detail, substr(payload, 1, ?) AS payload,
    length(payload) AS bytes`;
  const page = 'id < ? ORDER BY id DESC LIMIT ?';
  const newest = database.prepare(`SELECT ${columns} FROM rejected WHERE ${page}`);
  const newestOf = database.prepare(`SELECT ${columns} FROM rejected WHERE code = ? AND ${page}`);
  const one = database.prepare(`SELECT ${columns} FROM rejected WHERE id = ?`);
  const all = database.prepare('SELECT id FROM rejected ORDER BY id');
  const allOf = database.prepare('SELECT id FROM rejected WHERE code = ? ORDER BY id');
  const insert = database.prepare('INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const drop = database.prepare(
    'DELETE FROM rejected WHERE id = ? RETURNING id, code, length(payload) AS bytes',
  );
  const first = database.prepare(
    'SELECT id, code, length(payload) AS bytes, received FROM rejected ORDER BY id LIMIT 1',
  );
  const count = database.prepare(
    'INSERT INTO counted VALUES (?, 1) ON CONFLICT (code) DO UPDATE SET total = total + 1',
  );
  const counted = database.prepare('SELECT code, total FROM counted');
  const keeping = database.prepare(
    'SELECT code, count(*) AS total, sum(length(payload)) AS bytes FROM rejected GROUP BY code',
  );
  return {
    list: ({ limit, before = BEYOND_IDS, code, payloadBytes = ALL_BYTES }) => {
      const rows =
        code === undefined
          ? newest.all([payloadBytes, before, limit])
          : newestOf.all([payloadBytes, code, before, limit]);
      return (rows as Row[]).map(quarantined);
    },
    get: (id) => {
      // Not `get`: libsql adds a field of its own to what that gives.
      const [row] = one.all([ALL_BYTES, id]) as Row[];
      return row && quarantined(row);
    },
    ids: (code) => {
      const rows = code === undefined ? all.all() : allOf.all([code]);
      return (rows as { readonly id: number }[]).map(({ id }) => id);
    },
    totals: () => {
      const byCode: Record<string, number> = {};
      const keptByCode: Record<string, number> = {};
      let [last, kept, bytes] = [0, 0, 0];
      for (const { code, total } of counted.all() as { code: string; total: number }[]) {
        byCode[code] = total;
        last += total;
      }
      for (const row of keeping.all() as { code: string; total: number; bytes: number }[]) {
        keptByCode[row.code] = row.total;
        kept += row.total;
        bytes += row.bytes;
      }
      return { last, kept, bytes, byCode, keptByCode };
    },
    put: (id, { code, received, size, message, topic, client, detail, payload }) => {
      insert.run([id, code, received, size, message, topic, client, detail, payload]);
    },
    remove: (id) => drop.get([id]) as Removed | undefined,
    oldest: () => first.get() as (Removed & { readonly received: number }) | undefined,
    count: (code) => {
      count.run([code]);
    },
  };
}
