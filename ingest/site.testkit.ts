import { type Directory, directoryOf } from '../model/directory.ts';
import type { Kind } from '../model/kinds.ts';
import type { Asset, Site } from '../model/site.ts';

function asset(id: string, kind: Kind, site: string): Asset {
  return {
    id,
    kind,
    site,
    zone: 'cellar',
    name: id,
    x_m: 0,
    y_m: 0,
    circuit: '',
    gateway: '',
    attributes: {},
  };
}

function site(id: string, assets: readonly Asset[]): Site {
  return {
    id,
    name: id,
    tz: 'Europe/London',
    lat: 51.5,
    lon: -0.1,
    plan: { width_m: 100, height_m: 100 },
    lighting: { offset_min: 0, level_pct: 100, steps: [] },
    zones: [{ id: 'cellar', name: 'Cellar', steward: 'ann', staff: {}, outline: [] }],
    people: [],
    assets,
  };
}

/** Two small sites: north with pumps p-1…p-9 and a bay, south with a pump. */
export function smallDirectory(): Directory {
  const pumps = Array.from({ length: 9 }, (_, i) => asset(`p-${i + 1}`, 'pump', 'north'));
  return directoryOf([
    site('north', [...pumps, asset('bay-1', 'bay', 'north')]),
    site('south', [asset('s-1', 'pump', 'south')]),
  ]);
}
