import { afterEach, describe, expect, it } from 'vitest';
import { all, stored } from './conformance/asking.testkit.ts';
import { hours } from './conformance/hours.testkit.ts';
import { interrupting } from './conformance/interrupting.testkit.ts';
import { reading } from './conformance/reading.testkit.ts';
import { refusing } from './conformance/refusing.testkit.ts';
import { repeats } from './conformance/repeats.testkit.ts';
import { scanning } from './conformance/scanning.testkit.ts';
import { writing } from './conformance/writing.testkit.ts';
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

/** What `SeriesStore` owes, whatever the engine. */
export function seriesConformance(
  name: string,
  start: (maxSeries?: number) => Promise<SeriesUnderTest>,
): void {
  describe(`${name} as a series store`, () => {
    let open: SeriesUnderTest | undefined;
    const begin = async (maxSeries?: number): Promise<SeriesStore> => {
      open = await start(maxSeries);
      return open.store;
    };
    afterEach(async () => {
      await open?.end();
      open = undefined;
    });

    writing(begin);
    repeats(begin);
    reading(begin);
    refusing(begin);
    hours(begin);
    interrupting(begin, () => open!.reopen());
    scanning(begin);

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
