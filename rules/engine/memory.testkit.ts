import { OWN_PAST } from '../detect/own-past.ts';
import { type Memory, newPages, select } from './memory.ts';

/** Memory of one asset, in hand. */
export function testMemory(stride: number): Memory {
  const m: Memory = {
    v: new Float64Array(),
    o: 0,
    wake: 0,
    stale: 0,
    timelines: [],
    afterListening: (from, ms) => from + ms,
    asset: () => {
      throw new Error('nobody needs to ask which asset it is');
    },
    total: () => Number.NaN,
    peers: () => Number.NaN,
    slope: () => Number.NaN,
    own: OWN_PAST,
    pages: newPages(1, stride),
    stride,
    place: 0,
    page: 0,
    beforeChange: undefined,
  };
  select(m, 0);
  return m;
}
