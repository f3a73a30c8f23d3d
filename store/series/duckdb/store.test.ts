import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SeriesUnderTest, seriesConformance } from '../conformance.testkit.ts';
import type { SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { openDuckdbSeries } from './store.ts';

const signal = new AbortController().signal;

async function start(maxSeries?: number): Promise<SeriesUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-duckdb-'));
  const file = join(folder, 'series.duckdb');
  let store = await openDuckdbSeries({ file, maxSeries });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openDuckdbSeries({ file, maxSeries });
      return store;
    },
    async end() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

seriesConformance('DuckDB', start);

describe('the DuckDB file', () => {
  let folder: string;
  let file: string;
  const stores: SeriesStore[] = [];
  const open = async (): Promise<SeriesStore> => {
    const store = await openDuckdbSeries({ file });
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steward-duckdb-'));
    file = join(folder, 'series.duckdb');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  it('commits the position with the points; that of another journal takes its place', async () => {
    const store = await open();
    expect(await store.position()).toBe(0);
    await store.write([pump('p1', NOW, { power_w: 1 })], 41, signal);
    await store.write([], 42, signal);
    expect(await store.position()).toBe(42);
    await store.close();
    const again = await open();
    expect(await again.position()).toBe(42);
    await again.write([pump('p1', NOW, { power_w: 1 })], 7, signal);
    expect(await again.position()).toBe(7);
  });

  it('gets the columns by which the catalogue grew, and keeps those that it lost', async () => {
    const store = await open();
    await store.write([pump('p1', NOW, { power_w: 1, starts: 2 })], 1, signal);
    await store.close();
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run('DROP VIEW pump');
    await connection.run('ALTER TABLE points_pump DROP COLUMN flow_m3_h');
    await connection.run('ALTER TABLE points_pump ADD COLUMN retired DOUBLE DEFAULT 7');
    connection.closeSync();
    instance.closeSync();
    const again = await open();
    await again.write([pump('p1', NOW + 1, { flow_m3_h: 3 }), pump('p1', NOW, { power_w: 4 })], 2, signal);
    const fields = ['power_w', 'starts', 'flow_m3_h', 'retired'];
    const query = { measurement: 'pump', fields, where: {}, from: NOW, to: NOW + 10 };
    expect(await again.window(query)).toEqual([
      { ts: NOW, values: { power_w: 4, starts: 2, retired: 7 } },
      { ts: NOW + 1, values: { flow_m3_h: 3 } },
    ]);
  });

  it('can be read by people with DuckDB alone', async () => {
    const store = await open();
    await store.write([pump('p1', NOW, { power_w: 1.5 })], 1, signal);
    await store.close();
    const instance = await DuckDBInstance.create(file, { access_mode: 'read_only' });
    const connection = await instance.connect();
    const rows = await connection.runAndReadAll('SELECT epoch_ms(time), site, asset, power_w FROM pump');
    expect(rows.getRowsJson()).toEqual([[String(NOW), 'north', 'p1', 1.5]]);
    connection.closeSync();
    instance.closeSync();
  });

  it('says what is wrong with a file that is no database, a folder that is none', async () => {
    await writeFile(file, 'this is not a database, it is a letter to the editor'.repeat(200));
    await expect(open()).rejects.toMatchObject({ code: 'data_unwritable' });
    file = join(folder, 'none', 'series.duckdb');
    await expect(open()).rejects.toMatchObject({ code: 'data_unwritable' });
  });

  it('settles what was begun before it was closed, and keeps what comes after', async () => {
    const store = await open();
    const points = [pump('p1', NOW, { power_w: 1 })];
    const begun = store.write(points, 1, signal);
    const closing = store.close();
    expect(await store.write(points, 2, signal)).toMatchObject({ stored: 0, keep: points });
    expect(await begun).toMatchObject({ stored: 1 });
    await closing;
    await expect(
      store.window({ measurement: 'pump', fields: ['power_w'], where: {}, from: 0, to: 1 }),
    ).rejects.toThrow('closed');
    expect((await store.health()).ok).toBe(false);
  });
});
