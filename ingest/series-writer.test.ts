import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import type { Point } from '../model/point.ts';
import type { Journal } from '../store/journal/contract.ts';
import { point, reading } from '../store/journal/entries.testkit.ts';
import { openJournal } from '../store/journal/journal.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import type { SeriesStore, Settlement } from '../store/series/contract.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import { type SeriesWriter, startSeriesWriter } from './series-writer.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-series-writer-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let dir: string;
let journal: Journal;
let quarantine: Quarantine;
beforeEach(async () => {
  dir = mkdtempSync(join(base, 'd-'));
  journal = await openJournal({ dir: join(dir, 'journal') });
  quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
});
afterEach(async () => {
  await journal.close();
  await quarantine.close();
});

const start = (
  series: Pick<SeriesStore, 'engine' | 'position' | 'write'>,
  batch?: number,
): Promise<SeriesWriter> =>
  startSeriesWriter({ journal, series, quarantine, clock: systemClock, log: silentLog, batch });

const readings = (from: number, to: number): ReturnType<typeof reading>[] =>
  Array.from({ length: to - from + 1 }, (_, i) => reading(from + i));

describe('the series writer on DuckDB', () => {
  let series: SeriesStore;
  beforeEach(async () => {
    series = await openDuckdbSeries({ file: join(dir, 'series.duckdb') });
  });
  afterEach(() => series.close());

  it('stores readings and points, moves its cursor and lets the journal forget', async () => {
    const writer = await start(series, 100);
    await writer.caughtUp(await journal.append([...readings(1, 950), point(7)]));
    expect(await series.count('pump')).toBe(950);
    expect(await series.count('fault')).toBe(1);
    expect(writer.lag()).toBe(0);
    expect(journal.cursor('series')).toBe(951);
    expect(await series.position()).toBe(951);
    await writer.stop();
  });

  it('makes a reading visible soon after it was acknowledged', async () => {
    const writer = await start(series);
    await writer.caughtUp(await journal.append([reading(0)]));
    const begun = performance.now();
    await writer.caughtUp(await journal.append([reading(1)]));
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await series.count('pump')).toBe(2);
    await writer.stop();
  });

  it('goes on after the engine when that is ahead of the cursor, as after a crash between both commits', async () => {
    await journal.append(readings(1, 10));
    await series.write([], 6, new AbortController().signal);
    const writer = await start(series);
    await writer.caughtUp(10);
    expect(await series.count('pump')).toBe(4);
    await writer.stop();
  });

  it.each([50, 9])(
    'writes the whole journal for an engine that knows another one (position %i)',
    async (stored) => {
      await journal.append(readings(1, 10));
      await series.write([], stored, new AbortController().signal);
      const writer = await start(series, 3);
      await writer.caughtUp(10);
      expect(await series.count('pump')).toBe(10);
      await writer.stop();
    },
  );

  it('sends what the engine refuses to quarantine and stores the rest', async () => {
    const bad: Point = {
      measurement: 'pump',
      tags: { site: 'n', zone: 'z', asset: 'a\nb' },
      ts: 1,
      fields: { power_w: 1 },
    };
    const writer = await start(series);
    await writer.caughtUp(await journal.append([reading(1), { type: 'point', point: bad }, reading(2)]));
    expect(await series.count('pump')).toBe(2);
    expect(quarantine.list({ limit: 9 })).toMatchObject([{ code: 'series_rejected', client: 'series' }]);
    await writer.stop();
  });
});

it('what would begin a series too many goes to quarantine with its code, and the journal goes on', async () => {
  const series = await openDuckdbSeries({ file: join(dir, 'series.duckdb'), maxSeries: 2 });
  const writer = await start(series);
  await writer.caughtUp(await journal.append([reading(1), reading(2), reading(3), reading(1)]));
  expect(await series.count('pump')).toBe(2);
  expect(quarantine.list({ limit: 9 })).toMatchObject([
    { code: 'series_too_many', topic: 'site/north/pump/pump-3/telemetry', message: 'm-3' },
  ]);
  expect(journal.cursor('series')).toBe(4);
  await writer.stop();
  await series.close();
});

/** An engine that answers from a script, for what a healthy one does not do on demand. */
function scripted(answers: ((points: readonly Point[]) => Partial<Settlement>)[]): {
  readonly writes: (readonly Point[])[];
  readonly series: Pick<SeriesStore, 'engine' | 'position' | 'write'>;
} {
  const writes: (readonly Point[])[] = [];
  return {
    writes,
    series: {
      engine: 'influx',
      position: async () => undefined,
      write: async (points) => {
        const answer = answers[writes.length];
        writes.push(points);
        return { stored: points.length, rejected: [], keep: [], ...answer?.(points) };
      },
    },
  };
}

describe('the series writer on an engine with troubles', () => {
  it('writes only the kept points again, in place, before it goes on', async () => {
    const { series, writes } = scripted([
      (points) => ({ keep: points.slice(2), reason: 'busy' }),
      (points) => ({ keep: points, reason: 'busy', retryAfterMs: 300 }),
    ]);
    await journal.append(readings(1, 4));
    const begun = performance.now();
    const writer = await start(series, 4);
    await journal.append([reading(5)]);
    await writer.caughtUp(5);
    expect(performance.now() - begun).toBeGreaterThan(390);
    expect(writes.map((points) => points.map(({ ts }) => ts - 1_700_000_000_000))).toEqual([
      [1, 2, 3, 4],
      [3, 4],
      [3, 4],
      [5],
    ]);
    expect(writer.health()).toEqual({ ok: true, detail: '0 entries behind' });
    await writer.stop();
  });

  it('says what is wrong, keeps everything, and can be stopped during an outage', async () => {
    const down = (points: readonly Point[]): Partial<Settlement> => ({
      keep: points,
      reason: 'connection refused',
    });
    const { series, writes } = scripted(Array.from({ length: 100 }, () => down));
    await journal.append(readings(1, 4));
    const writer = await start(series);
    await expect.poll(() => writes.length).toBeGreaterThan(1);
    expect(writer.health()).toEqual({
      ok: false,
      detail: 'series_unavailable: connection refused; 4 entries wait',
    });
    const waiting = writer.caughtUp(4);
    await Promise.all([expect(waiting).rejects.toThrow('stopped at 0'), writer.stop()]);
    expect(journal.cursor('series')).toBe(0);
    const recovered = scripted([]);
    const again = await start(recovered.series);
    await again.caughtUp(4);
    expect(recovered.writes).toHaveLength(1);
    await again.stop();
  });

  it('names the message and the topic of a reading that is refused', async () => {
    const { series } = scripted([
      (points) => ({ rejected: [{ point: { ...points[1]! }, reason: 'field type conflict' }] }),
    ]);
    await journal.append(readings(1, 3));
    const writer = await start(series);
    await writer.caughtUp(3);
    expect(quarantine.list({ limit: 9 })).toMatchObject([
      {
        code: 'series_rejected',
        detail: 'field type conflict',
        message: 'm-2',
        topic: 'site/north/pump/pump-2/telemetry',
        received: 1_700_000_000_502,
      },
    ]);
    expect(journal.cursor('series')).toBe(3);
    await writer.stop();
  });
});
