import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../model/clock.ts';
import type { Row, SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { type Begin, stored } from './asking.testkit.ts';

const GRID = NOW - (NOW % HOUR_MS);
const HOURS = 80;

const write = fc.record({
  at: fc.integer({ min: 0, max: HOURS * 60 - 1 }).map((minute) => GRID + minute * MINUTE_MS),
  field: fc.constantFrom('power_w', 'flow_m3_h'),
  value: fc.integer({ min: -50, max: 50 }),
});
const asked = fc.record({
  from: fc.integer({ min: -10, max: HOURS * 60 }).map((minute) => GRID + minute * MINUTE_MS),
  span: fc.integer({ min: 0, max: HOURS * 60 }).map((minutes) => minutes * MINUTE_MS),
  every: fc.constantFrom(1, 2, 3, 24, 48).map((hours) => hours * HOUR_MS),
});
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;
type Asked = typeof asked extends fc.Arbitrary<infer A> ? A : never;

/** Hourly means and longer, which an engine may keep ready, are those of the points as they are now. */
export function hours(begin: Begin): void {
  it('means of whole hours are those of the points, whatever came late, twice or anew', async () => {
    const store = await begin();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 15 }), { minLength: 1, maxLength: 6 }),
        fc.array(asked, { minLength: 1, maxLength: 3 }),
        (batches, queries) => compareMeans(store, `h-${runs++}`, batches, queries),
      ),
      { numRuns: 30, seed: 20_261_125 },
    );
  });

  it('a mean of hours weighs each point, not each hour', async () => {
    const store = await begin();
    await stored(
      store,
      [0, 1, 2].map((i) => pump('p1', GRID + i * MINUTE_MS, { power_w: 10 })),
    );
    await stored(store, [pump('p1', GRID + HOUR_MS, { power_w: 50 })]);
    await stored(store, [pump('p1', GRID + 26 * HOUR_MS, { power_w: 0 })]);
    const day = { measurement: 'pump', fields: ['power_w'], where: { asset: 'p1' }, every_ms: 24 * HOUR_MS };
    const rows = await store.window({ ...day, from: GRID, to: GRID + 2 * HOUR_MS });
    expect(rows.map((row) => row.values)).toEqual([{ power_w: 20 }]);
  });

  it('writes at the same time settle each by itself, and one value of a point stays', async () => {
    const store = await begin();
    const minutesOf = (value: number) =>
      Array.from({ length: 200 }, (_, i) => pump('p1', GRID + i * MINUTE_MS, { power_w: value }));
    await Promise.all([1, 2, 3, 4].map((value) => stored(store, minutesOf(value))));
    const query = { measurement: 'pump', fields: ['power_w'], where: { asset: 'p1' }, from: 0, to: NOW * 2 };
    const rows = await store.window(query);
    expect(rows.length).toBe(200);
    for (const row of rows) expect([1, 2, 3, 4]).toContain(row.values['power_w']);
    expect(await store.window({ ...query, every_ms: HOUR_MS })).toEqual(meansOf(rows, HOUR_MS));
    expect(await store.count('pump')).toBe(200);
  });
}

function meansOf(rows: readonly Row[], every: number): readonly Row[] {
  const buckets = new Map<number, Record<string, number[]>>();
  for (const { ts, values } of rows) {
    const fields = buckets.get(ts - (ts % every)) ?? {};
    for (const field in values) fields[field] = [...(fields[field] ?? []), values[field]!];
    buckets.set(ts - (ts % every), fields);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([ts, fields]) => {
      const means = Object.entries(fields).map(([name, all]) => [
        name,
        all.reduce((sum, value) => sum + value, 0) / all.length,
      ]);
      return { ts, values: Object.fromEntries(means) as Record<string, number> };
    });
}

async function compareMeans(
  store: SeriesStore,
  asset: string,
  batches: readonly (readonly Write[])[],
  queries: readonly Asked[],
): Promise<void> {
  const table = new Map<number, Record<string, number>>();
  for (const batch of batches) {
    for (const { at, field, value } of batch) table.set(at, { ...table.get(at), [field]: value });
    await stored(
      store,
      batch.map(({ at, field, value }) => pump(asset, at, { [field]: value })),
    );
    for (const { from, span, every } of queries) {
      const to = from + span;
      const rows = [...table].map(([ts, values]) => ({ ts, values }));
      const answer = await store.window({
        measurement: 'pump',
        fields: ['power_w', 'flow_m3_h'],
        where: { asset },
        from,
        to,
        every_ms: every,
      });
      const expected = meansOf(
        rows.filter((row) => row.ts >= from && row.ts < to),
        every,
      );
      expect(answer.map((row) => row.ts)).toEqual(expected.map((row) => row.ts));
      for (const [i, row] of answer.entries()) {
        expect(Object.keys(row.values).sort()).toEqual(Object.keys(expected[i]!.values).sort());
        for (const field in row.values) expect(row.values[field]).toBeCloseTo(expected[i]!.values[field]!, 9);
      }
    }
  }
}
