import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import type { SeriesStore } from '../contract.ts';
import { NOW, pump } from '../points.testkit.ts';
import { all, type Begin, stored } from './asking.testkit.ts';

const never = new AbortController().signal;
const POINTS = 12_000;

const pointsOf = (round: number): Point[] =>
  Array.from({ length: POINTS }, (_, i) => pump(`p${i % 5}`, NOW + i, { power_w: i, flow_m3_h: round }));

/** Every point is there once, with what the last round said of it. */
async function expectWhole(store: SeriesStore, round: number): Promise<void> {
  expect(await store.count('pump')).toBe(POINTS);
  const rows = await store.window(all('p3', ['power_w', 'flow_m3_h']));
  expect(rows.length).toBe(POINTS / 5);
  rows.forEach((row, i) => {
    expect(row.values).toEqual({ power_w: 5 * i + 3, flow_m3_h: round });
  });
}

export function interrupting(begin: Begin, reopen: () => Promise<SeriesStore>): void {
  it('settles each point of a write that is called off in its middle; what is kept can be written again', async () => {
    const store = await begin();
    for (const [round, waitMs] of [0, 2, 10, 40].entries()) {
      const points = pointsOf(round);
      const stop = new AbortController();
      const writing = store.write(points, POINTS, stop.signal);
      await sleep(waitMs);
      stop.abort();
      const settled = await writing;
      expect(settled.rejected).toEqual([]);
      expect(settled.stored + settled.keep.length).toBe(POINTS);
      if (settled.keep.length > 0) expect(settled.reason).toBeTruthy();
      await stored(store, settled.keep, POINTS);
      await expectWhole(store, round);
    }
  });

  it('settles what was under way when it was closed; opened again, it takes the rest', async () => {
    const store = await begin();
    const points = pointsOf(7);
    const writing = store.write(points, POINTS, never);
    const again = await reopen();
    const settled = await writing;
    expect(settled.rejected).toEqual([]);
    expect(settled.stored + settled.keep.length).toBe(POINTS);
    await stored(again, settled.keep, POINTS);
    await expectWhole(again, 7);
  });
}
