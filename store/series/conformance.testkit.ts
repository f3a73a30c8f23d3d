import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Point } from '../../model/point.ts';
import type { SeriesStore } from './contract.ts';
import { NOW, pump } from './points.testkit.ts';

/** One empty store under test, and how to open the same data again. */
export interface SeriesUnderTest {
  readonly store: SeriesStore;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<SeriesStore>;
  /** Closes whatever is open and removes the data. */
  end(): Promise<void>;
}

const MINUTE = 60_000;
const signal = new AbortController().signal;

async function stored(store: SeriesStore, points: readonly Point[], upTo = 0): Promise<void> {
  expect(await store.write(points, upTo, signal)).toEqual({ stored: points.length, rejected: [], keep: [] });
}

function all(asset: string, fields: readonly string[]) {
  return { measurement: 'pump', fields, where: { asset }, from: 0, to: NOW + 1e9 } as const;
}

/** What `SeriesStore` owes, whatever the engine. */
export function seriesConformance(name: string, start: () => Promise<SeriesUnderTest>): void {
  describe(`${name} as a series store`, () => {
    let open: SeriesUnderTest | undefined;
    const begin = async (): Promise<SeriesStore> => {
      open = await start();
      return open.store;
    };
    afterEach(async () => {
      await open?.end();
      open = undefined;
    });

    writing(begin);
    repeats(begin, start);
    reading(begin);
    refusing(begin);

    it('keeps everything when it is opened again', async () => {
      const store = await begin();
      await stored(store, [pump('p1', NOW, { power_w: 1 }), pump('p2', NOW, { power_w: 2 })], 2);
      const again = await open!.reopen();
      expect(await again.count('pump')).toBe(2);
      expect(await again.window(all('p2', ['power_w']))).toEqual([{ ts: NOW, values: { power_w: 2 } }]);
      expect((await again.latest('pump')).length).toBe(2);
      await stored(again, [pump('p1', NOW, { power_w: 1 })], 3);
      expect(await again.count('pump')).toBe(2);
    });
  });
}

function writing(begin: () => Promise<SeriesStore>): void {
  it('is healthy, and empty at first', async () => {
    const store = await begin();
    expect((await store.health()).ok).toBe(true);
    expect(await store.count('pump')).toBe(0);
    expect(await store.latest('pump')).toEqual([]);
    expect(await store.window(all('p1', ['power_w']))).toEqual([]);
  });

  it('shows what it stored to the next query, whatever the measurement', async () => {
    const store = await begin();
    const tags = {
      site: 'north',
      zone: 'cellar',
      asset: 'p1',
      kind: 'pump',
      rule: 'PumpDryRun',
      severity: 'critical',
    };
    await stored(store, [
      pump('p1', NOW, { power_w: 740.5, running: 1 }),
      { measurement: 'fault', tags, ts: NOW, fields: { active: 1 } },
      { measurement: 'ticket', tags, ts: NOW, fields: { open: 1, opened: 1, age_s: 0 } },
    ]);
    expect(await store.window(all('p1', ['power_w', 'running']))).toEqual([
      { ts: NOW, values: { power_w: 740.5, running: 1 } },
    ]);
    expect([await store.count('pump'), await store.count('fault'), await store.count('ticket')]).toEqual([
      1, 1, 1,
    ]);
    expect(await store.count('bay')).toBe(0);
  });

  it('gives back every double as it was', async () => {
    const store = await begin();
    const values = [0, -0.5, 0.1, 1 / 3, 1e21, -1e-300, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, 5e-7];
    await stored(
      store,
      values.map((power_w, i) => pump('p1', NOW + i, { power_w })),
    );
    const rows = await store.window(all('p1', ['power_w']));
    expect(rows.map((row) => row.values['power_w'])).toEqual(values);
  });

  it('takes 20,000 points in one batch and gives each of them back', async () => {
    const store = await begin();
    const points = Array.from({ length: 20_000 }, (_, i) => pump('p1', NOW + i * 1_000, { power_w: i }));
    await stored(store, points);
    const rows = await store.window({ ...all('p1', ['power_w']), to: NOW + 1e9 });
    expect(rows.length).toBe(20_000);
    expect(rows.at(-1)).toEqual({ ts: NOW + 19_999_000, values: { power_w: 19_999 } });
  });

  it('keeps every point of a write that was called off before it began', async () => {
    const store = await begin();
    const points = [pump('p1', NOW, { power_w: 1 })];
    const settled = await store.write(points, 1, AbortSignal.abort());
    expect(settled).toMatchObject({ stored: 0, rejected: [], keep: points });
    expect(await store.count('pump')).toBe(0);
  });

  it('answers queries while it writes', async () => {
    const store = await begin();
    const writes: Promise<unknown>[] = [];
    for (let batch = 0; batch < 10; batch++)
      writes.push(
        stored(
          store,
          Array.from({ length: 500 }, (_, i) => pump('p1', NOW + batch * 500 + i, { power_w: i })),
        ),
      );
    let seen = 0;
    for (let i = 0; i < 10; i++) {
      const rows = await store.window(all('p1', ['power_w']));
      expect(rows.length).toBeGreaterThanOrEqual(seen);
      seen = rows.length;
    }
    await Promise.all(writes);
    expect(await store.count('pump')).toBe(5_000);
  });
}

function repeats(begin: () => Promise<SeriesStore>, start: () => Promise<SeriesUnderTest>): void {
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
  const point = fc.record({
    asset: fc.constantFrom('p1', 'p2'),
    at: fc.integer({ min: 0, max: 12 }),
    fields,
  });
  it('holds what a table of last writes holds, for any writes in any order and batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(point, { maxLength: 12 }), { maxLength: 6 }), async (batches) => {
        const under = await start();
        try {
          await compareWithTable(under.store, batches);
        } finally {
          await under.end();
        }
      }),
      { numRuns: 15, seed: 20_261_124 },
    );
  });
}

async function compareWithTable(
  store: SeriesStore,
  batches: readonly (readonly { asset: string; at: number; fields: Record<string, number> }[])[],
): Promise<void> {
  const table = new Map<string, Record<string, number>>();
  for (const batch of batches) {
    for (const { asset, at, fields } of batch)
      table.set(`${asset} ${at}`, { ...table.get(`${asset} ${at}`), ...fields });
    await stored(
      store,
      batch.map(({ asset, at, fields }) => pump(asset, NOW + at, fields)),
    );
  }
  expect(await store.count('pump')).toBe(table.size);
  for (const asset of ['p1', 'p2']) {
    const expected = Array.from({ length: 13 }, (_, at) => ({
      ts: NOW + at,
      values: table.get(`${asset} ${at}`),
    })).filter((row) => row.values !== undefined);
    expect(await store.window(all(asset, ['power_w', 'flow_m3_h', 'running']))).toEqual(expected);
    const latest = (await store.latest('pump')).find((row) => row.asset === asset);
    const newest: Record<string, { value: number; ts: number }> = {};
    for (const row of expected)
      for (const [field, value] of Object.entries(row.values ?? {})) newest[field] = { value, ts: row.ts };
    expect(latest?.values ?? {}).toEqual(newest);
  }
}

function reading(begin: () => Promise<SeriesStore>): void {
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

const good = pump('p1', NOW, { power_w: 1 });
const BAD: readonly (readonly [string, Point, RegExp])[] = [
  ['a newline in a tag', pump('p1 power_w=1\nbay,site=a,zone=b,asset=c', NOW, { power_w: 1 }), /tag asset/],
  ['a blank in a tag', pump('p 1', NOW, { power_w: 1 }), /tag asset/],
  ['upper case in a tag', pump('P1', NOW, { power_w: 1 }), /tag asset/],
  ['an empty tag', pump('', NOW, { power_w: 1 }), /tag asset/],
  ['a missing tag', { ...good, tags: { site: 'north', asset: 'p1' } }, /tag zone is missing/],
  ['a tag too many', { ...good, tags: { ...good.tags, owner: 'x' } }, /owner/],
  ['NaN', pump('p1', NOW, { power_w: Number.NaN }), /not a finite number/],
  ['infinity', pump('p1', NOW, { power_w: 1, flow_m3_h: Number.POSITIVE_INFINITY }), /flow_m3_h/],
  ['a field that is none', pump('p1', NOW, { 'power_w=1 1\nbay': 1 }), /not in the catalogue/],
  ['no field', pump('p1', NOW, {}), /no field/],
  ['a measurement that is none', { ...good, measurement: 'pump,x=y' }, /measurement/],
  ['a time between milliseconds', pump('p1', NOW + 0.5, { power_w: 1 }), /epoch milliseconds/],
  ['a time before the epoch', pump('p1', -1, { power_w: 1 }), /epoch milliseconds/],
];

function refusing(begin: () => Promise<SeriesStore>): void {
  it('rejects bad points one by one with a reason and stores the rest', async () => {
    const store = await begin();
    const settled = await store.write(
      [good, ...BAD.map(([, point]) => point), pump('p2', NOW, { power_w: 2 })],
      1,
      signal,
    );
    expect(settled).toMatchObject({ stored: 2, keep: [] });
    expect(settled.rejected.map((each) => each.point)).toEqual(BAD.map(([, point]) => point));
    settled.rejected.forEach((each, i) => {
      expect(each.reason, BAD[i]![0]).toMatch(BAD[i]![2]);
    });
    expect(await store.count('pump')).toBe(2);
    expect(await store.count('bay')).toBe(0);
  });
}
