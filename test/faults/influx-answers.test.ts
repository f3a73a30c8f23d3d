import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSeriesWriter } from '../../ingest/series-writer.ts';
import { systemClock } from '../../model/clock.ts';
import { silentLog } from '../../model/log.ts';
import type { JournalEntry } from '../../store/journal/contract.ts';
import { openJournal } from '../../store/journal/journal.ts';
import { openQuarantine } from '../../store/quarantine/sqlite.ts';
import {
  type Fault,
  type FaultServerOptions,
  startFaultServer,
} from '../../store/series/influx/fault-server.testkit.ts';
import { type Influxd, startInfluxd } from '../../store/series/influx/influxd.testkit.ts';
import { openInfluxSeries } from '../../store/series/influx/store.ts';
import { isMissing } from '../engines.testkit.ts';

vi.setConfig({ testTimeout: 60_000 });

const READINGS = 1_200;
/** One reading in so many has the field whose type is another in the database. */
const BAD_EVERY = 100;
const NOW = Date.UTC(2026, 0, 10);

let influxd: Influxd;
let databases = 0;

function readings(): JournalEntry[] {
  return Array.from({ length: READINGS }, (_, i) => ({
    type: 'reading',
    reading: {
      site: 'north',
      zone: 'cellar',
      kind: 'pump',
      asset: `p-${i % 9}`,
      ts: NOW + i * 1_000,
      received: NOW + i * 1_000,
      values: i % BAD_EVERY === 0 ? { flow_m3_h: i } : { power_w: i },
      message: `m-${i}`,
    },
  }));
}

/** A journal with readings that wait, and an InfluxDB of that version with a field of another type. */
async function prepare(options: Partial<FaultServerOptions> & { version: 2 | 3 }, conflict: boolean) {
  const dir = mkdtempSync(join(tmpdir(), 'steward-influx-answers-'));
  const journal = await openJournal({ dir: join(dir, 'journal') });
  const quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
  const server = await startFaultServer({ engine: influxd.url, token: 'secret', ...options });
  const database = `answers_${++databases}`;
  const open = (token: string) =>
    openInfluxSeries({ version: options.version, url: server.url, database, org: 'estate', token });
  const series = await open('secret');
  if (conflict)
    await influxd.writeRaw(`pump,site=north,zone=cellar,asset=p-old flow_m3_h=1i ${NOW - 1}`, database);
  journal.cursor('series');
  await journal.append(readings());
  const end = async (): Promise<void> => {
    await series.close();
    await server.end();
    await journal.close();
    await quarantine.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { journal, quarantine, server, series, open, end };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

function startWriter({ journal, quarantine }: Prepared, series: Prepared['series']) {
  const common = { clock: systemClock, log: silentLog, batch: 500 };
  return startSeriesWriter({ journal, quarantine, series, ...common });
}

/** Every reading is in the engine or in quarantine, and in one of them only. */
async function expectSettled({ journal, quarantine, series }: Prepared, bad: number): Promise<void> {
  const query = { measurement: 'pump', fields: ['power_w', 'flow_m3_h'], where: { zone: 'cellar' } };
  const rows = await series.window({ ...query, from: NOW, to: NOW + READINGS * 1_000 });
  const kept = quarantine.list({ limit: READINGS });
  const numbers = [
    ...rows.map((row) => row.values['power_w'] ?? row.values['flow_m3_h']),
    ...kept.map(({ message }) => Number(message.slice(2))),
  ];
  expect(numbers.sort((a, b) => a! - b!)).toEqual(Array.from({ length: READINGS }, (_, i) => i));
  expect(kept.length).toBe(bad);
  for (const each of kept)
    expect(each).toMatchObject({ code: 'series_rejected', detail: expect.stringMatching(/type conflict/) });
  expect(journal.cursor('series')).toBe(journal.head());
}

describe.skipIf(isMissing('influxd'))(
  'what InfluxDB 2 and 3 answer (fault server), from the journal to the engine or the quarantine',
  () => {
    let open: Prepared | undefined;
    beforeAll(async () => {
      influxd = await startInfluxd();
    });
    afterEach(async () => {
      await open?.end();
      open = undefined;
    });
    afterAll(() => influxd?.end());

    it.each<[string, Partial<FaultServerOptions> & { version: 2 | 3 }]>([
      ['422 to a batch with some of another type', { version: 2 }],
      ['400 that names the lines which are lost', { version: 3 }],
      ['201 that stored a part', { version: 3, partialStatus: 201 }],
      ['413 to more than 4 KB, and 422 in its parts', { version: 2, maxBody: 4_000 }],
      ['413 to more than 4 KB, and 400 in its parts', { version: 3, maxBody: 4_000 }],
    ])('%s: the bad ones are in quarantine, the others stored', async (_, options) => {
      open = await prepare(options, true);
      const writer = await startWriter(open, open.series);
      await writer.caughtUp(READINGS);
      await writer.stop();
      await expectSettled(open, READINGS / BAD_EVERY);
    });

    const asks: readonly (readonly [string, readonly Fault[], number])[] = [
      ['429 for a second', [{ status: 429, retryAfter: '1' }], 1_000],
      ['503 for two seconds', [{ status: 503, retryAfter: '2' }], 2_000],
      ['503 and 500 without a word', [{ status: 503 }, { status: 500 }], 2_000],
      ['404 while somebody makes it again', [{ status: 404 }], 1_000],
    ];
    for (const version of [2, 3] as const)
      it.each(asks)(`${version}: %s: waits as long as asked, then stores all`, async (_, faults, waitMs) => {
        open = await prepare({ version }, false);
        open.server.faults.push(...faults);
        const begun = performance.now();
        const writer = await startWriter(open, open.series);
        await writer.caughtUp(READINGS);
        expect(performance.now() - begun).toBeGreaterThanOrEqual(waitMs);
        await writer.stop();
        await expectSettled(open, 0);
      });

    it.each([2, 3] as const)(
      '%i: 401 holds everything, says so, and loses nothing until the token is right',
      async (version) => {
        open = await prepare({ version }, false);
        const wrong = await open.open('wrong');
        const writer = await startWriter(open, wrong);
        await expect.poll(() => writer.health().ok).toBe(false);
        expect(writer.health().detail).toMatch(/^series_unavailable: .*401.*; 1200 entries wait$/);
        await writer.stop();
        await wrong.close();
        expect(open.journal.cursor('series')).toBe(0);
        expect(open.quarantine.list({ limit: 1 })).toEqual([]);
        const right = await startWriter(open, open.series);
        await right.caughtUp(READINGS);
        await right.stop();
        await expectSettled(open, 0);
      },
    );
  },
);
