import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, manualClock } from '../../../model/clock.ts';
import type { SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { dayOf } from './days.ts';
import { hourlyPlan } from './read-hours.ts';
import { type Rollup, stretches } from './rollup.ts';
import { openDuckdbSeries } from './store.ts';

const signal = new AbortController().signal;
const GRID = NOW - (NOW % HOUR_MS);
const hour = (n: number) => GRID + n * HOUR_MS;

describe('which part of a window comes from the hourly sums', () => {
  const rollup = (dirty: readonly number[] = [], through = 10): Rollup => ({
    name: 'hours_pump',
    through: hour(through),
    dirty: new Set(dirty.map(hour)),
    newest: hour(12),
    days: { name: 'days_pump', through: dayOf(hour(through)) },
  });
  const plan = (from: number, to: number, held: Rollup, every = HOUR_MS) => {
    const query = { measurement: 'pump', fields: [], where: {}, every_ms: every };
    const found = hourlyPlan({ ...query, from: hour(from), to: hour(to) }, held);
    const told = (spans: readonly { from: number; to: number }[]) =>
      spans.map((span) => [(span.from - GRID) / HOUR_MS, (span.to - GRID) / HOUR_MS]);
    return found && { hours: told(found.hours), points: told(found.points), days: told(found.days) };
  };
  it.each([
    ['whole hours that are over', 2, 8, [], { hours: [[2, 8]], points: [] }],
    [
      'broken edges',
      1.5,
      8.25,
      [],
      {
        hours: [[2, 8]],
        points: [
          [1.5, 2],
          [8, 8.25],
        ],
      },
    ],
    ['the hour that runs', 8, 12, [], { hours: [[8, 10]], points: [[10, 12]] }],
    [
      'dirty hours',
      2,
      9,
      [4, 5, 7],
      {
        hours: [
          [2, 4],
          [6, 7],
          [8, 9],
        ],
        points: [
          [4, 6],
          [7, 8],
        ],
      },
    ],
    [
      'a dirty edge',
      2,
      5,
      [2, 4],
      {
        hours: [[3, 4]],
        points: [
          [2, 3],
          [4, 5],
        ],
      },
    ],
    ['nothing over yet', 10, 12, [], undefined],
    ['within one hour', 3.25, 3.75, [], undefined],
  ])('%s', (_, from, to, dirty, expected) => {
    expect(plan(from, to, rollup(dirty))).toEqual(expected && { ...expected, days: [] });
  });
  it('whole days that are rolled up come from the daily sums, but for those with a dirty hour', () => {
    // The grid begins at 22:00: a day begins at hour 2.
    const held = rollup([30], 100);
    expect(plan(0, 100, held, DAY_MS)).toEqual({
      days: [
        [2, 26],
        [50, 98],
      ],
      hours: [
        [0, 2],
        [26, 30],
        [31, 50],
        [98, 100],
      ],
      points: [[30, 31]],
    });
    expect(plan(0, 100, held, 2 * HOUR_MS)?.days).toEqual([]);
    expect(plan(3, 40, rollup([], 45), DAY_MS)).toEqual({ days: [], hours: [[3, 40]], points: [] });
  });
  it('none for buckets that are no whole hours', () => {
    expect(plan(2, 8, rollup(), 90 * MINUTE_MS)).toBeUndefined();
    expect(plan(2, 8, rollup(), 2 * HOUR_MS)).toBeDefined();
  });
  it('joins hours next to each other', () => {
    expect(stretches([hour(3), hour(1), hour(2), hour(7)])).toEqual([
      { from: hour(1), to: hour(4) },
      { from: hour(7), to: hour(8) },
    ]);
  });
});

describe('hourly sums in the DuckDB file', () => {
  let folder: string;
  let store: SeriesStore;
  const clock = manualClock(NOW);
  const open = (retentionDays?: number) =>
    openDuckdbSeries({ file: join(folder, 'series.duckdb'), clock, retentionDays });
  beforeEach(async () => {
    clock.set(hour(6));
    folder = await mkdtemp(join(tmpdir(), 'steward-rollup-'));
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const put = (ts: number, power_w: number) => store.write([pump('p1', ts, { power_w })], 1, signal);
  const means = async (from = hour(0), to = hour(24)) =>
    (
      await store.window({ measurement: 'pump', fields: ['power_w'], where: {}, from, to, every_ms: HOUR_MS })
    ).map((row) => [(row.ts - GRID) / HOUR_MS, row.values['power_w']]);
  /** What the file holds, asked of DuckDB itself; closes the store. */
  const rolled = async (sql = 'SELECT hour, sum_power_w, n_power_w FROM hours_pump ORDER BY hour') => {
    await store.close();
    const instance = await DuckDBInstance.create(join(folder, 'series.duckdb'), { access_mode: 'read_only' });
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRows();
    connection.closeSync();
    instance.closeSync();
    return rows.map(([at, ...rest]) => [(Number(at) - GRID) / HOUR_MS, ...rest.map(Number)]);
  };

  it('holds the hours that are over, and mends one that got a late point', async () => {
    store = await open();
    for (const [at, value] of [
      [0, 2],
      [0.5, 4],
      [1, 6],
      [2, 8],
      [0.25, 9],
      [2.5, 1],
    ] as const)
      await put(hour(at), value);
    expect(await means()).toEqual([
      [0, 5],
      [1, 6],
      [2, 4.5],
    ]);
    await put(hour(2.75), 3);
    expect(await rolled()).toEqual([
      [0, 15, 3],
      [1, 6, 1],
    ]);
  });

  it('holds the days that are over, mended with their hours', async () => {
    store = await open();
    clock.set(hour(80));
    for (const [at, value] of [
      [2, 10],
      [25, 20],
      [30, 1],
      [51, 5],
      [75, 7],
    ] as const)
      await put(hour(at), value);
    await put(hour(3), 60);
    await put(hour(76), 9);
    const byDay = { measurement: 'pump', fields: ['power_w'], where: {}, every_ms: DAY_MS };
    const rows = await store.window({ ...byDay, from: hour(2), to: hour(80) });
    expect(rows.map((row) => [(row.ts - hour(2)) / DAY_MS, row.values['power_w']])).toEqual([
      [0, 30],
      [1, 1],
      [2, 5],
      [3, 8],
    ]);
    expect(await rolled('SELECT day, sum_power_w, n_power_w FROM days_pump ORDER BY day')).toEqual([
      [2, 90, 3],
      [26, 1, 1],
      [50, 5, 1],
    ]);
  });

  it('does not take the hours to come for over when a clock is ahead', async () => {
    store = await open();
    await put(hour(50), 1);
    await put(hour(5), 2);
    await put(hour(6.5), 3);
    await put(hour(6.75), 5);
    expect(await means(hour(0), hour(60))).toEqual([
      [5, 2],
      [6, 4],
      [50, 1],
    ]);
    expect(await rolled()).toEqual([[5, 2, 1]]);
  });

  it('rolls up a file from before, and remembers what is dirty when it is opened again', async () => {
    store = await open();
    for (const at of [0, 1, 2]) await put(hour(at), at);
    const late = put(hour(0.5), 10);
    const closing = store.close();
    await late;
    await closing;
    store = await open();
    expect(await means()).toEqual([
      [0, 5],
      [1, 1],
      [2, 2],
    ]);
    await put(hour(2.5), 4);
    expect(await means()).toEqual([
      [0, 5],
      [1, 1],
      [2, 3],
    ]);
  });

  it('deletes readings after their days and refuses older ones; hourly means stay', async () => {
    clock.set(hour(48));
    store = await open(1);
    const old = pump('p1', hour(20), { power_w: 1 });
    expect(await store.write([old, pump('p1', hour(25), { power_w: 4 })], 1, signal)).toMatchObject({
      stored: 1,
      rejected: [{ point: old, reason: expect.stringMatching(/retention/) }],
      keep: [],
    });
    await put(hour(25.5), 8);
    await put(hour(47), 5);
    clock.set(hour(25) + 2 * DAY_MS);
    await put(hour(25) + 2 * DAY_MS, 7);
    await put(hour(25.1) + 2 * DAY_MS, 7);
    expect(await store.count('pump')).toBe(2);
    expect(await means(hour(0), hour(49))).toEqual([
      [25, 6],
      [47, 5],
    ]);
    expect((await store.latest('pump'))[0]?.values['power_w']?.value).toBe(7);
  });

  it('a file with a retention stays as large as what it keeps', async () => {
    store = await open(1);
    const sizes: number[] = [];
    for (let at = 0; at < 44; at++) {
      clock.set(hour(at + 1));
      const points = Array.from({ length: 2_000 }, (_, i) =>
        pump(`p${i % 30}`, hour(at) + i * 1_000, { power_w: ((i * 7_919 + at * 31) % 10_007) / 10 }),
      );
      await store.write(points, at, signal);
      await store.count('pump');
      sizes.push((await stat(join(folder, 'series.duckdb'))).size);
    }
    expect(await store.count('pump')).toBeLessThanOrEqual(26 * 2_000);
    const highest = (from: number, to: number) => Math.max(...sizes.slice(from, to));
    expect(highest(34, 44)).toBeLessThanOrEqual(1.1 * highest(24, 34));
  });

  it('keeps everything when no retention is set', async () => {
    clock.set(hour(100_000));
    store = await open();
    await put(hour(0), 1);
    await put(hour(99_000), 1);
    await put(hour(99_001), 1);
    expect(await store.count('pump')).toBe(3);
  });
});
