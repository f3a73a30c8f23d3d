import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createIngest } from '../ingest/ingest.ts';
import { replayQuarantined } from '../ingest/quarantine-replay.ts';
import { type ManualClock, manualClock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { RuleExplanation } from '../model/explanation.ts';
import type { Fault } from '../model/fault.ts';
import { silentLog } from '../model/log.ts';
import { readingPoint } from '../model/point.ts';
import type { Reading } from '../model/reading.ts';
import type { Role } from '../model/site.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import { actionsFor } from '../tickets/actions.ts';
import { createTicketDesk, type TicketDesk } from '../tickets/desk.ts';
import { noticesOf } from '../tickets/notices.ts';
import { ticketPolicy } from '../tickets/policy.ts';
import { buildApi } from './api.ts';
import { backtestFixture, LAMP_OUT, reportFixture } from './backtest.testkit.ts';
import { createLatestValues, type LatestValues } from './latest.ts';
import { createLiveHub, type LiveHub } from './live/hub.ts';
import { hashPassword } from './password.ts';
import type { ApiDeps } from './ports.ts';
import { DIRECTORY, NOW } from './site.testkit.ts';

/** The server on real stores and the real desk of tickets; what the rules say is set by the test. */
export interface ApiRig {
  readonly app: FastifyInstance;
  readonly clock: ManualClock;
  readonly wallClock: ManualClock;
  readonly records: RecordsStore;
  readonly series: Pick<SeriesStore, 'write' | 'window'>;
  readonly quarantine: Quarantine;
  readonly latest: LatestValues;
  readonly live: LiveHub;
  readonly desk: TicketDesk;
  readonly logged: string[];
  faults: readonly Fault[];
  /** What a replay brought to the journal. */
  readonly replayed: Reading[];
  /** As ingest does: stored and newest. */
  read(...readings: readonly Reading[]): Promise<void>;
  end(): Promise<void>;
}

export const PASSWORDS: Readonly<Record<Role, readonly [user: string, password: string]>> = {
  manager: ['mia', 'mia: with a colon'],
  staff: ['nora', 'n0ra-pässword'],
  viewer: ['vic', 'vic-password'],
};

export function basic(role: Role): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(PASSWORDS[role].join(':')).toString('base64')}` };
}

export function readingOf(asset: string, ts: number, values: Record<string, number>): Reading {
  const { kind, site, zone } = DIRECTORY.asset(asset)!;
  return { site, zone, kind, asset, ts, received: ts, values, message: 'm-1' };
}

/** Cheap enough that a suite of sign-ins is quick; the hash carries its own cost. */
const CHEAP = { n: 1024, r: 8, p: 1 };

/** Most tests ask for no series: the engine starts with the first who does. */
function lazily(open: () => Promise<SeriesStore>): Pick<SeriesStore, 'write' | 'window' | 'close'> {
  let opened: Promise<SeriesStore> | undefined;
  const series = (): Promise<SeriesStore> => {
    opened ??= open();
    return opened;
  };
  return {
    write: async (points, upTo, signal) => (await series()).write(points, upTo, signal),
    window: async (query) => (await series()).window(query),
    close: async () => (await opened)?.close(),
  };
}

const DONE = backtestFixture(reportFixture(['l1', 'l2', 'l3'], 30, NOW));
/** One was asked for, and is done. */
const BACKTESTS: ApiDeps['backtests'] = {
  ask: async () => {
    throw new StewardError('too_many_backtests', 'None can be run here.');
  },
  list: () => [{ ...DONE, report: null }],
  get: (id) => {
    if (id === DONE.id) return DONE;
    throw new StewardError('not_found', `There is no backtest ${id}.`);
  },
  cancel: () => {},
};

const { firing: _, file, yaml, guide, ...RULE } = LAMP_OUT;
/** Of the lamp l1: dark for ten minutes of the twenty that count. */
const EXPLAINED: RuleExplanation = {
  rule: 'LampOut',
  severity: 'minor',
  at: NOW,
  phase: 'pending',
  since: NOW - 600_000,
  due: NOW + 600_000,
  when: { parts: [{ text: 'power_w < 12', depth: 0, truth: true }], because: ['power_w < 12'] },
  clear: { parts: [{ text: 'power_w > 30', depth: 0, truth: false }], because: ['power_w > 30'] },
  values: [{ name: 'power_w', value: 0.4, measured: NOW - 60_000 }],
  settings: [{ name: 'rated_w', value: 60, from: 'site file' }],
  held_by: [],
  text: 'The condition holds, and fires in 10m: power_w < 12.',
};
const WRITING = { file, yaml, guide };

async function openStores(dir: string) {
  const records = await openSqliteRecords({ file: join(dir, 'records.sqlite') });
  for (const [role, [id, password]] of Object.entries(PASSWORDS)) {
    await records.users.put({ id, role: role as Role, password_hash: await hashPassword(password, CHEAP) });
  }
  const series = lazily(() => openDuckdbSeries({ file: join(dir, 'series.duckdb'), threads: 1 }));
  const quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
  return { records, series, quarantine };
}

export async function startApi(differs: Partial<ApiDeps> = {}): Promise<ApiRig> {
  const dir = await mkdtemp(join(tmpdir(), 'steward-api-'));
  const stores = await openStores(dir);
  const { records, series, quarantine } = stores;
  const clock = manualClock(NOW);
  const wallClock = manualClock(NOW);
  const latest = createLatestValues();
  const live = createLiveHub({ latest, gatherMs: 20, heartbeatMs: 100 });
  const policy = ticketPolicy();
  const onChange = (changes: readonly { ticket: Parameters<LiveHub['ticketChanged']>[0] }[]): void => {
    for (const { ticket } of changes) live.ticketChanged(ticket);
  };
  const desk = createTicketDesk({ records, directory: DIRECTORY, policy, clock, log: silentLog, onChange });
  const logged: string[] = [];
  const replayed: Reading[] = [];
  const ingest = createIngest({
    directory: DIRECTORY,
    journal: {
      append: async (entries) => {
        for (const entry of entries) if (entry.type === 'reading') replayed.push(entry.reading);
        return replayed.length;
      },
    },
    quarantine,
  });
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
  const app = await buildApi({
    ...{ directory: DIRECTORY, clock, wallClock, series, records, quarantine, latest, live, log },
    replayQuarantined: (ids) => replayQuarantined(ids, { quarantine, ingest, mayPublish: () => true }),
    faults: () => rig.faults,
    rules: () => [RULE],
    explain: (asset) => (asset === 'l1' ? [EXPLAINED] : []),
    ruleWriting: (rule) => (rule === RULE.rule ? WRITING : undefined),
    backtests: BACKTESTS,
    actOnTicket: (order) => desk.act(order),
    actionsFor,
    notices: async () => noticesOf((await records.tickets.list({ limit: 100 })).items, DIRECTORY),
    connectedDevices: () => [],
    ready: async () => ({ ok: true, parts: { records: await records.health() } }),
    metrics: async () => '# TYPE steward_readings_total counter\nsteward_readings_total 1\n',
    ...differs,
  });
  const rig: ApiRig = {
    ...{ app, clock, wallClock, records, series, quarantine, latest, live, desk, logged, replayed },
    faults: [],
    read: async (...readings) => {
      await series.write(readings.map(readingPoint), readings.length, new AbortController().signal);
      for (const reading of readings) latest.put(reading);
    },
    end: async () => {
      await app.close();
      await Promise.all([records.close(), series.close(), quarantine.close()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return rig;
}
