import type { AssetView } from '../../../model/views/site.ts';

/** How a bay is drawn: metres along x and y. */
export interface BayShape {
  readonly w: number;
  readonly h: number;
}

const WIDTH_M = 2.4;
const LENGTH_M = 4.8;
const GAP = 0.9;

interface Place {
  readonly id: string;
  readonly x_m: number;
  readonly y_m: number;
}

/**
 * The site file says where a bay is, not how it lies. Bays of a row stand side by side, so a bay lies across the
 * direction of its nearest neighbour, and is no wider than the room between them.
 */
export function bayShapes(bays: readonly Place[]): ReadonlyMap<string, BayShape> {
  const grid = new Map<string, Place[]>();
  const cell = (v: number): number => Math.floor(v / 10);
  for (const bay of bays) {
    const key = `${cell(bay.x_m)}:${cell(bay.y_m)}`;
    const there = grid.get(key);
    if (there) there.push(bay);
    else grid.set(key, [bay]);
  }
  const near = (bay: Place): Place[] => {
    const found: Place[] = [];
    for (let i = -1; i <= 1; i += 1) {
      for (let j = -1; j <= 1; j += 1) {
        found.push(...(grid.get(`${cell(bay.x_m) + i}:${cell(bay.y_m) + j}`) ?? []));
      }
    }
    return found;
  };
  return new Map(bays.map((bay) => [bay.id, shapeOf(bay, near(bay))]));
}

function shapeOf(bay: Place, near: readonly Place[]): BayShape {
  let best = Number.POSITIVE_INFINITY;
  let alongX = true;
  for (const other of near) {
    const dx = Math.abs(other.x_m - bay.x_m);
    const dy = Math.abs(other.y_m - bay.y_m);
    const apart = Math.hypot(dx, dy);
    if (other.id === bay.id || apart === 0 || apart >= best) continue;
    best = apart;
    alongX = dx >= dy;
  }
  const width = Math.min(WIDTH_M, best * GAP);
  const length = Math.min(LENGTH_M, width * 2);
  return alongX ? { w: width, h: length } : { w: length, h: width };
}

/** Half the way to the nearest other thing, in metres: how large a picture may be without covering its neighbour. */
export function roomsOf(things: readonly Place[]): ReadonlyMap<string, number> {
  return new Map(
    things.map((thing) => {
      const apart = things
        .filter(({ id }) => id !== thing.id)
        .map((other) => Math.hypot(other.x_m - thing.x_m, other.y_m - thing.y_m));
      return [thing.id, Math.min(...apart, Number.MAX_VALUE) / 2];
    }),
  );
}

/** The nearest of `assets` to a point, no farther than `reach_m`. */
export function nearest<T extends Place>(
  assets: readonly T[],
  x: number,
  y: number,
  reach_m: number,
): T | undefined {
  let best: T | undefined;
  let least = reach_m;
  for (const asset of assets) {
    const apart = Math.hypot(asset.x_m - x, asset.y_m - y);
    if (apart <= least) {
      least = apart;
      best = asset;
    }
  }
  return best;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The next asset in a direction: near and straight ahead beats far or aside. */
export function nextTowards<T extends Place>(
  assets: readonly T[],
  from: Place,
  towards: Direction,
): T | undefined {
  const sign = towards === 'left' || towards === 'up' ? -1 : 1;
  const across = towards === 'left' || towards === 'right';
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const asset of assets) {
    const ahead = sign * (across ? asset.x_m - from.x_m : asset.y_m - from.y_m);
    const aside = Math.abs(across ? asset.y_m - from.y_m : asset.x_m - from.x_m);
    if (ahead <= 0.01 || asset.id === from.id || aside > 2 * ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) {
      least = cost;
      best = asset;
    }
  }
  return best;
}

/** Where a zone's name goes: its upper left corner. */
export function labelPlace(outline: readonly (readonly [number, number])[]): { x: number; y: number } {
  const top = Math.min(...outline.map(([, y]) => y));
  const left = Math.min(...outline.filter(([, y]) => y <= top + 1).map(([x]) => x));
  return { x: left, y: top };
}

export function boundsOf(outline: readonly (readonly [number, number])[]): {
  x: number;
  y: number;
  w: number;
  h: number;
} {
  const xs = outline.map(([x]) => x);
  const ys = outline.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** Drawn later = on top: the small on the large. */
const ORDER: Record<AssetView['kind'], number> = {
  bay: 0,
  circuit: 1,
  meter: 1,
  gateway: 2,
  sign: 2,
  luminaire: 3,
  pump: 4,
};

export function drawingOrder(a: AssetView, b: AssetView): number {
  return ORDER[a.kind] - ORDER[b.kind];
}
