import { OWN_PAST } from '../detect/own-past.ts';
import { type Memory, newMemory, select } from './memory.ts';

/** Memory of one asset, in hand. */
export function testMemory(stride: number): Memory {
  const m: Memory = {
    ...newMemory(1, stride),
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
    place: 0,
    beforeChange: undefined,
  };
  select(m, 0);
  return m;
}
