import { existsSync, renameSync } from 'node:fs';
import Libsql from 'libsql';
import { StewardError } from '../../model/codes.ts';
import type { Log } from '../../model/log.ts';
import type {
  KeptHalfway,
  KeptMessage,
  KeptRetained,
  KeptSession,
  MqttState,
  MqttStateContent,
} from './contract.ts';

/** Changes that come within this time are one transaction. */
const BATCH_MS = 20;
const RETRY_MS = 1_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS session (client TEXT PRIMARY KEY, user TEXT NOT NULL, seen INTEGER NOT NULL,
    filters TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS message (client TEXT NOT NULL, place INTEGER NOT NULL, topic TEXT NOT NULL,
    payload BLOB NOT NULL, qos INTEGER NOT NULL, retain INTEGER NOT NULL, message_id INTEGER NOT NULL,
    released INTEGER NOT NULL, PRIMARY KEY (client, place));
  CREATE TABLE IF NOT EXISTS retained (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS halfway (client TEXT NOT NULL, message_id INTEGER NOT NULL,
    PRIMARY KEY (client, message_id)) WITHOUT ROWID;
`;

type Database = Libsql.Database;
type Change = (statements: Statements) => void;
type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
  return {
    putSession: database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?)'),
    deleteSession: database.prepare('DELETE FROM session WHERE client = ?'),
    deleteMessages: database.prepare('DELETE FROM message WHERE client = ?'),
    deleteAllHalfway: database.prepare('DELETE FROM halfway WHERE client = ?'),
    putMessage: database.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    deleteMessage: database.prepare('DELETE FROM message WHERE client = ? AND place = ?'),
    putRetained: database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)'),
    deleteRetained: database.prepare('DELETE FROM retained WHERE topic = ?'),
    putHalfway: database.prepare('INSERT OR REPLACE INTO halfway VALUES (?, ?)'),
    deleteHalfway: database.prepare('DELETE FROM halfway WHERE client = ? AND message_id = ?'),
  };
}

function load(database: Database): MqttStateContent {
  const rows = <Row>(sql: string): Row[] => database.prepare(sql).all() as Row[];
  // libsql gives blobs as ArrayBuffer and truth as a number.
  type InTable<T> = Omit<T, 'payload' | 'retain' | 'released'> & { payload: ArrayBuffer };
  type MessageRow = InTable<KeptMessage> & { retain: number; released: number };
  const sessions = rows<Omit<KeptSession, 'filters'> & { filters: string }>('SELECT * FROM session');
  const messages = rows<MessageRow>(
    `SELECT client, place, topic, payload, qos, retain, message_id AS messageId, released
     FROM message ORDER BY client, place`,
  );
  return {
    sessions: sessions.map((row) => ({ ...row, filters: JSON.parse(row.filters) })),
    messages: messages.map((row) => ({
      ...row,
      payload: Buffer.from(row.payload),
      retain: row.retain === 1,
      released: row.released === 1,
    })),
    retained: rows<InTable<KeptRetained>>('SELECT * FROM retained').map((row) => ({
      ...row,
      payload: Buffer.from(row.payload),
    })),
    halfway: rows<KeptHalfway>('SELECT client, message_id AS messageId FROM halfway'),
  };
}

interface Opened {
  readonly database: Database;
  readonly content: MqttStateContent;
}

function openDatabase(file: string): Opened {
  const database = new Libsql(file);
  try {
    database.exec(SCHEMA);
    return { database, content: load(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A damaged file is moved aside: sessions begin anew, which their clients are told; readings are not in it. */
function openOrBeginAnew(file: string, log: Log): Opened {
  try {
    return openDatabase(file);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT') {
      throw new StewardError('data_unwritable', `${file}: ${(error as Error).message}`, { cause: error });
    }
    const aside = `${file}.damaged`;
    for (const part of ['', '-wal', '-shm']) {
      if (existsSync(file + part)) renameSync(file + part, aside + part);
    }
    log.error(
      { code: 'data_corrupt', error, aside },
      'the sessions of the broker are damaged and begin anew',
    );
    return openDatabase(file);
  }
}

/**
 * The state of the broker in one SQLite file. A batch outlives the process as soon as it is written; after a loss of
 * power the last batches may be missing (`synchronous = NORMAL`): readings are in the journal, not here.
 *
 * @throws StewardError `data_unwritable`.
 */
export function openSqliteMqttState({ file, log }: { readonly file: string; readonly log: Log }): MqttState {
  const { database, content } = openOrBeginAnew(file, log);
  const statements = prepare(database);
  /** The last change of each row, in the order of their first. A row's name ends with NUL and its client, if it has one. */
  let changes = new Map<string, Change>();
  let waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const writeAll = database.transaction((batch: Iterable<Change>) => {
    for (const change of batch) change(statements);
  });
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const told = waiting;
    waiting = [];
    try {
      writeAll(changes.values());
      changes = new Map();
      for (const { resolve } of told) resolve();
    } catch (error) {
      log.error({ error, file }, 'the sessions of the broker cannot be written; it is tried again');
      timer = setTimeout(write, RETRY_MS).unref();
      for (const { reject } of told) reject(error);
    }
  };
  const change = (row: string, made: Change): void => {
    changes.set(row, made);
    timer ??= setTimeout(write, BATCH_MS);
  };
  const messageRow = (client: string, place: number): string => `message ${place}\0${client}`;
  const halfwayRow = (client: string, messageId: number): string => `halfway ${messageId}\0${client}`;

  return {
    load: () => content,
    putSession: ({ client, user, seen, filters }) =>
      change(`session\0${client}`, ({ putSession }) =>
        putSession.run([client, user, seen, JSON.stringify(filters)]),
      ),
    deleteSession: (client) => {
      for (const row of changes.keys()) if (row.endsWith(`\0${client}`)) changes.delete(row);
      change(`gone\0${client}`, ({ deleteSession, deleteMessages, deleteAllHalfway }) => {
        deleteSession.run([client]);
        deleteMessages.run([client]);
        deleteAllHalfway.run([client]);
      });
    },
    putMessage: (message) => {
      const { client, place, topic, payload, qos, retain, messageId, released } = message;
      change(messageRow(client, place), ({ putMessage }) =>
        putMessage.run([client, place, topic, payload, qos, Number(retain), messageId, Number(released)]),
      );
    },
    deleteMessage: (client, place) =>
      change(messageRow(client, place), ({ deleteMessage }) => deleteMessage.run([client, place])),
    putRetained: ({ topic, payload, qos }) =>
      change(`retained ${topic}`, ({ putRetained }) => putRetained.run([topic, payload, qos])),
    deleteRetained: (topic) =>
      change(`retained ${topic}`, ({ deleteRetained }) => deleteRetained.run([topic])),
    putHalfway: ({ client, messageId }) =>
      change(halfwayRow(client, messageId), ({ putHalfway }) => putHalfway.run([client, messageId])),
    deleteHalfway: ({ client, messageId }) =>
      change(halfwayRow(client, messageId), ({ deleteHalfway }) => deleteHalfway.run([client, messageId])),
    written: () =>
      changes.size === 0
        ? Promise.resolve()
        : new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    close: async () => {
      if (timer) write();
      clearTimeout(timer);
      // Statements that are still prepared keep the file open: without this the write-ahead log would stay full.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}
