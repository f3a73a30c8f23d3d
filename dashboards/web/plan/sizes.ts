import { useMemo } from 'preact/hooks';
import type { AssetView } from '../../../model/views/site.ts';
import { type BayShape, bayShapes, roomsOf } from './geometry.ts';

export interface Sizes {
  readonly shapes: ReadonlyMap<string, BayShape>;
  readonly rooms: ReadonlyMap<string, number>;
}

/** How large marks may be: worked out when places change, not when values do. */
export function useSizes(assets: readonly AssetView[]): Sizes {
  const key = assets.map((asset) => `${asset.id}:${asset.x_m}:${asset.y_m}`).join();
  // The key is the assets' places.
  return useMemo(
    () => ({
      shapes: bayShapes(assets.filter(({ kind }) => kind === 'bay')),
      rooms: roomsOf(assets.filter(({ kind }) => kind !== 'bay' && kind !== 'luminaire')),
    }),
    [key],
  );
}
