import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLatestValues } from '../api/latest.ts';
import { MINUTE_MS, manualClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import type { Ticket } from '../model/ticket.ts';
import { library, troubledEstate } from '../rules/engine/engine.testkit.ts';
import { createEngine } from '../rules/engine/engine.ts';
import type { Journal } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import type { SnapshotStore } from '../store/snapshots/contract.ts';
import { snapshotFiles } from '../store/snapshots/file.ts';
import { createTicketDesk } from '../tickets/desk.ts';
import { ticketPolicy } from '../tickets/policy.ts';
import { startRulesRunner } from './rules-runner.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const HOURS = 20;
const END = START + HOURS * 60 * MINUTE_MS;
const { directory, readings } = troubledEstate(7, HOURS, START);
const rules = library();

describe('rules that follow the journal', () => {
  let folder: string;
  let journal: Journal;
  let records: RecordsStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'steward-runner-'));
    journal = await openJournal({ dir: join(folder, 'journal') });
    records = await openSqliteRecords({ file: join(folder, 'records.sqlite') });
  });
  afterEach(async () => {
    await records.close();
    await journal.close();
    rmSync(folder, { recursive: true });
  });

  /** A runner as app starts it, on what was kept; `snapshots` is where it keeps. */
  const start = async (snapshots: SnapshotStore = snapshotFiles(folder)) => {
    const clock = manualClock(START);
    const desk = createTicketDesk({
      records,
      directory,
      policy: ticketPolicy(),
      clock,
      log: silentLog,
      onChange: () => {},
    });
    const kept = await snapshots.load('rules');
    return startRulesRunner({
      journal,
      snapshots,
      engine: createEngine({ rules, directory, upSince: START, snapshot: kept?.state }),
      position: kept?.position ?? journal.cursor('rules'),
      latest: createLatestValues(),
      onFaults: (changes) => desk.fault(changes),
      clock,
      log: silentLog,
    });
  };
  const append = (from: number, to: number): Promise<number> =>
    journal.append(readings.slice(from, to).map((reading) => ({ type: 'reading', reading })));
  const tickets = async (): Promise<readonly Ticket[]> => (await records.tickets.list({ limit: 500 })).items;

  it('make the same tickets when they are stopped on the way and go on from their snapshot', async () => {
    const half = Math.floor(readings.length / 2);
    const first = await start();
    await first.caughtUp(await append(0, half));
    await first.stop();
    const second = await start();
    await second.caughtUp(await append(half, readings.length));
    await second.advance(END);
    await second.stop();
    const stopped = await tickets();

    expect(stopped.length).toBeGreaterThan(2);
    const whole = createEngine({ rules, directory, upSince: START });
    const changes = [...readings.flatMap((reading) => whole.step(reading)), ...whole.advance(END)];
    const firing = new Set(changes.filter(({ type }) => type === 'firing').map(({ fault }) => fault.key));
    expect(new Set(stopped.map((ticket) => ticket.key))).toEqual(firing);
  });

  it('change nothing when a crash before the snapshot makes them read everything again', async () => {
    const crashed = await start({
      load: async () => undefined,
      save: () => Promise.reject(new Error('the power went')),
    });
    await crashed.caughtUp(await append(0, readings.length));
    await crashed.advance(END);
    await expect(crashed.stop()).rejects.toThrow('the power went');
    const before = await tickets();
    expect(before.length).toBeGreaterThan(2);

    const again = await start();
    await again.caughtUp(journal.head());
    await again.advance(END);
    await again.stop();
    expect(await tickets()).toEqual(before);
  });

  it('let the journal forget what their snapshot holds', async () => {
    const runner = await start();
    const head = await append(0, 100);
    await runner.caughtUp(head);
    expect(journal.cursor('rules')).toBe(0);
    await runner.stop();
    expect(journal.cursor('rules')).toBe(head);
  });
});
