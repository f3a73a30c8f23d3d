import { expect, it } from 'vitest';
import { NOW, pump } from '../points.testkit.ts';
import { all, type Begin, stored } from './asking.testkit.ts';

const MINUTE = 60_000;

export function reading(begin: Begin): void {
  it('takes the window from its first millisecond to before its last', async () => {
    const store = await begin();
    await stored(
      store,
      [0, 1, 2, 3].map((i) => pump('p1', NOW + i, { power_w: i })),
    );
    const rows = await store.window({ ...all('p1', ['power_w']), from: NOW + 1, to: NOW + 3 });
    expect(rows.map((row) => row.ts)).toEqual([NOW + 1, NOW + 2]);
    const two = await store.window({ ...all('p1', ['power_w']), limit: 2 });
    expect(two.map((row) => row.ts)).toEqual([NOW, NOW + 1]);
  });

  it('averages in buckets of the epoch, leaves empty ones out', async () => {
    const store = await begin();
    const grid = NOW - (NOW % (5 * MINUTE));
    await stored(store, [
      pump('p1', grid + MINUTE, { power_w: 10 }),
      pump('p1', grid + 2 * MINUTE, { power_w: 20, flow_m3_h: 4 }),
      pump('p1', grid + 12 * MINUTE, { power_w: 7 }),
      pump('p1', grid + 16 * MINUTE, { vibration_mm_s: 7 }),
    ]);
    const query = { ...all('p1', ['power_w', 'flow_m3_h']), from: grid + MINUTE, every_ms: 5 * MINUTE };
    expect(await store.window(query)).toEqual([
      { ts: grid, values: { power_w: 15, flow_m3_h: 4 } },
      { ts: grid + 10 * MINUTE, values: { power_w: 7 } },
    ]);
    expect((await store.window({ ...query, limit: 1 })).length).toBe(1);
  });

  it('picks by tags; an absent tag matches all; a row without the field is no row', async () => {
    const store = await begin();
    await stored(store, [
      pump('p1', NOW, { power_w: 1 }),
      { ...pump('p2', NOW + 1, { power_w: 2 }), tags: { site: 'north', zone: 'roof', asset: 'p2' } },
      pump('p3', NOW + 2, { flow_m3_h: 3 }),
    ]);
    const times = async (where: Record<string, string>) =>
      (await store.window({ ...all('', ['power_w']), where })).map((row) => row.ts - NOW);
    expect(await times({})).toEqual([0, 1]);
    expect(await times({ zone: 'roof' })).toEqual([1]);
    expect(await times({ zone: 'roof', asset: 'p1' })).toEqual([]);
    expect(await times({ zone: "x' OR 1=1 --" })).toEqual([]);
    expect(await times({ asset: 'p3' })).toEqual([]);
    expect(await store.window(all('p1', ['no_such_metric']))).toEqual([]);
    expect(await store.window({ ...all('p1', ['power_w']), measurement: 'no_such' })).toEqual([]);
  });

  it('knows the newest value of each field of each asset, which need not be of one time', async () => {
    const store = await begin();
    await stored(store, [pump('p1', NOW, { power_w: 1, flow_m3_h: 1 }), pump('p2', NOW, { power_w: 5 })]);
    expect((await store.latest('pump')).length).toBe(2);
    await stored(store, [pump('p1', NOW + 10, { power_w: 2 }), pump('p1', NOW + 5, { flow_m3_h: 3 })]);
    await stored(store, [pump('p1', NOW + 4, { flow_m3_h: 9 })]);
    const latest = new Map((await store.latest('pump')).map((row) => [row.asset, row.values]));
    expect(latest.get('p1')).toEqual({
      power_w: { value: 2, ts: NOW + 10 },
      flow_m3_h: { value: 3, ts: NOW + 5 },
    });
    expect(latest.get('p2')).toEqual({ power_w: { value: 5, ts: NOW } });
  });
}
