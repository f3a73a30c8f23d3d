import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { all, type Begin, stored } from './asking.testkit.ts';

export function repeats(begin: Begin): void {
  it('unites writes of the same point: last write wins per field', async () => {
    const store = await begin();
    await stored(store, [pump('p1', NOW, { power_w: 1, flow_m3_h: 10 })]);
    await stored(store, [pump('p1', NOW, { power_w: 2 }), pump('p1', NOW, { vibration_mm_s: 3 })]);
    expect(await store.count('pump')).toBe(1);
    expect(await store.window(all('p1', ['power_w', 'flow_m3_h', 'vibration_mm_s']))).toEqual([
      { ts: NOW, values: { power_w: 2, flow_m3_h: 10, vibration_mm_s: 3 } },
    ]);
  });

  it('unites repeats inside one batch too, the later one over the earlier', async () => {
    const store = await begin();
    await stored(store, [
      pump('p1', NOW, { power_w: 1, flow_m3_h: 1 }),
      pump('p1', NOW + 5, { power_w: 9 }),
      pump('p1', NOW, { power_w: 2 }),
      pump('p1', NOW, { power_w: 3 }),
    ]);
    expect(await store.count('pump')).toBe(2);
    expect((await store.window(all('p1', ['power_w', 'flow_m3_h'])))[0]).toEqual({
      ts: NOW,
      values: { power_w: 3, flow_m3_h: 1 },
    });
  });

  it('changes nothing when a batch is replayed', async () => {
    const store = await begin();
    const points = Array.from({ length: 3_000 }, (_, i) =>
      pump(`p${i % 7}`, NOW + Math.floor(i / 7) * 1_000, { power_w: i, flow_m3_h: -i }),
    );
    await stored(store, points, 3_000);
    const before = await store.window(all('p3', ['power_w', 'flow_m3_h']));
    await stored(store, points, 3_000);
    await stored(store, points.slice(1_000, 2_000).reverse(), 3_000);
    expect(await store.count('pump')).toBe(3_000);
    expect(await store.window(all('p3', ['power_w', 'flow_m3_h']))).toEqual(before);
  });

  const fields = fc.dictionary(
    fc.constantFrom('power_w', 'flow_m3_h', 'running'),
    fc.integer({ min: 0, max: 9 }),
    {
      minKeys: 1,
    },
  );
  const write = fc.record({ asset: fc.constantFrom('p', 'q'), at: fc.integer({ min: 0, max: 12 }), fields });
  it('holds what a table of last writes holds, for any writes in any order and batches', async () => {
    const store = await begin();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { maxLength: 12 }), { maxLength: 6 }), (batches) =>
        compareWithTable(store, `-${runs++}`, batches),
      ),
      { numRuns: 30, seed: 20_261_124 },
    );
  });
}

/** `suffix` keeps the assets of one run apart from those of the others. */
async function compareWithTable(
  store: SeriesStore,
  suffix: string,
  batches: readonly (readonly { asset: string; at: number; fields: Record<string, number> }[])[],
): Promise<void> {
  const before = await store.count('pump');
  const table = new Map<string, Record<string, number>>();
  for (const batch of batches) {
    for (const { asset, at, fields } of batch)
      table.set(`${asset} ${at}`, { ...table.get(`${asset} ${at}`), ...fields });
    await stored(
      store,
      batch.map(({ asset, at, fields }) => pump(asset + suffix, NOW + at, fields)),
    );
  }
  expect((await store.count('pump')) - before).toBe(table.size);
  for (const asset of ['p', 'q']) {
    const expected = Array.from({ length: 13 }, (_, at) => ({
      ts: NOW + at,
      values: table.get(`${asset} ${at}`),
    })).filter((row) => row.values !== undefined);
    const name = asset + suffix;
    expect(await store.window(all(name, ['power_w', 'flow_m3_h', 'running']))).toEqual(expected);
    const latest = (await store.latest('pump')).find((row) => row.asset === name);
    const newest: Record<string, { value: number; ts: number }> = {};
    for (const row of expected)
      for (const [field, value] of Object.entries(row.values ?? {})) newest[field] = { value, ts: row.ts };
    expect(latest?.values ?? {}).toEqual(newest);
  }
}
