import { expect, it } from 'vitest';
import type { Columns, ScanQuery } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { type Begin, stored } from './asking.testkit.ts';

const EVERYTHING: ScanQuery = {
  measurement: 'pump',
  fields: ['power_w', 'flow_m3_h'],
  from: 0,
  to: NOW + 1_000_000,
  signsOfLife: false,
};

type Rows = Record<string, readonly (readonly [at: number, ...values: (number | null)[]])[]>;

/** By asset: time after NOW, and the values in the order asked for. */
function rowsOf({ assets, starts, ts, values }: Columns): Rows {
  const rows = assets.map((asset, place) => {
    const own = [...ts.keys()].slice(starts[place], starts[place + 1]);
    const row = (at: number) =>
      [ts[at]! - NOW, ...values.map((column) => (Number.isNaN(column[at]) ? null : column[at]!))] as const;
    return [asset, own.map(row)] as const;
  });
  return Object.fromEntries(rows);
}

export function scanning(begin: Begin): void {
  it('gives all points column by column, each asset by itself, its oldest first', async () => {
    const store = await begin();
    await stored(store, [
      pump('p1', NOW + 2, { power_w: 3, flow_m3_h: 4 }),
      pump('p2', NOW + 1, { power_w: 5 }),
      pump('p1', NOW + 3, { flow_m3_h: 6, vibration_mm_s: 1 }),
    ]);
    await stored(store, [pump('p1', NOW, { power_w: 1 }), pump('p1', NOW + 2, { power_w: 9 })]);
    expect(rowsOf(await store.scan(EVERYTHING))).toEqual({
      p1: [
        [0, 1, null],
        [2, 9, 4],
        [3, null, 6],
      ],
      p2: [[1, 5, null]],
    });
    const part = await store.scan({ ...EVERYTHING, from: NOW + 1, to: NOW + 3 });
    expect(rowsOf(part)).toEqual({ p1: [[2, 9, 4]], p2: [[1, 5, null]] });
  });

  it('has the points of an asset that moved to another zone in one row of time', async () => {
    const store = await begin();
    const moved = (ts: number, power_w: number) => ({
      ...pump('p1', ts, { power_w }),
      tags: { site: 'north', zone: 'roof', asset: 'p1' },
    });
    await stored(store, [
      pump('p1', NOW, { power_w: 1 }),
      moved(NOW + 1, 2),
      pump('p1', NOW + 2, { power_w: 3 }),
    ]);
    const { p1 } = rowsOf(await store.scan({ ...EVERYTHING, fields: ['power_w'] }));
    expect(p1).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('leaves out points without the fields, unless signs of life are asked for', async () => {
    const store = await begin();
    await stored(store, [pump('p1', NOW, { vibration_mm_s: 1 }), pump('p1', NOW + 1, { power_w: 2 })]);
    const power = { ...EVERYTHING, fields: ['power_w'] };
    expect(rowsOf(await store.scan(power))).toEqual({ p1: [[1, 2]] });
    expect(rowsOf(await store.scan({ ...power, signsOfLife: true }))).toEqual({
      p1: [
        [0, null],
        [1, 2],
      ],
    });
    expect(rowsOf(await store.scan({ ...power, fields: [], signsOfLife: true }))).toEqual({ p1: [[0], [1]] });
  });

  it('has nothing to say about fields and measurements that nobody knows', async () => {
    const store = await begin();
    await stored(store, [pump('p1', NOW, { power_w: 1 })]);
    const unknown = await store.scan({ ...EVERYTHING, fields: ['no_such', 'power_w'] });
    expect(rowsOf(unknown)).toEqual({ p1: [[0, null, 1]] });
    expect(rowsOf(await store.scan({ ...EVERYTHING, measurement: 'no_such', signsOfLife: true }))).toEqual(
      {},
    );
    expect(rowsOf(await store.scan({ ...EVERYTHING, fields: [] }))).toEqual({});
  });
}
