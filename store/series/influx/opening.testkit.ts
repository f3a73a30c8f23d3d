import { afterEach } from 'vitest';
import type { SeriesStore } from '../contract.ts';
import type { InfluxSeriesOptions } from './options.ts';
import { openInfluxSeries } from './store.ts';

/** Opens stores of the test file that calls it; each is closed after its test. */
export function opener(url: () => string): (options?: Partial<InfluxSeriesOptions>) => Promise<SeriesStore> {
  const stores: SeriesStore[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });
  return async (options = {}) => {
    const store = await openInfluxSeries({ ...options, url: options.url ?? url() });
    stores.push(store);
    return store;
  };
}
