import { expect, it } from 'vitest';
import { NOW, pump } from '../points.testkit.ts';
import { all, type Begin, stored } from './asking.testkit.ts';

export function writing(begin: Begin): void {
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

  it('takes whole numbers and fractions of a field for one type, whichever came first', async () => {
    const store = await begin();
    const values = [1, 1.5, 0, 2, -3.25, 7];
    for (const [i, power_w] of values.entries()) await stored(store, [pump('p1', NOW + i, { power_w })]);
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
