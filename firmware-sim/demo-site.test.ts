import { describe, expect, test } from 'vitest';
import type { Asset } from '../model/site.ts';
import { demoSite as site } from './demo.testkit.ts';
import { isSimulated } from './scenario.ts';

function count(assets: readonly Asset[], key: (asset: Asset) => unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const asset of assets) counts[String(key(asset))] = (counts[String(key(asset))] ?? 0) + 1;
  return counts;
}

const ofKind = (kind: string): Asset[] => site.assets.filter((asset) => asset.kind === kind);

/** Ray casting. */
function isInside(x: number, y: number, outline: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

describe('the demo estate', () => {
  test('has what was promised', () => {
    expect(count(site.assets, ({ kind }) => kind)).toEqual({
      gateway: 7,
      sign: 4,
      circuit: 8,
      luminaire: 120,
      pump: 12,
      bay: 240,
    });
    expect(count(ofKind('bay'), ({ attributes }) => attributes['bay_class'])).toEqual({
      general: 182,
      reserved: 24,
      accessible: 12,
      charging: 16,
      fire_lane: 6,
    });
    expect(count(ofKind('pump'), ({ attributes }) => attributes['duty'])).toEqual({
      drainage: 6,
      booster: 4,
      fire: 2,
    });
    expect(Object.values(count(ofKind('luminaire'), ({ circuit }) => circuit))).toEqual(Array(8).fill(15));
    expect(Object.values(count(ofKind('bay'), ({ zone }) => zone))).toEqual([60, 60, 60, 60]);
    expect(ofKind('sign').map(({ attributes }) => attributes['shows_zone'])).toEqual(
      site.zones.map(({ id }) => id),
    );
  });

  test('every asset stands inside the outline of its zone, no two on one spot', () => {
    const spots = new Set<string>();
    for (const asset of site.assets) {
      const zone = site.zones.find(({ id }) => id === asset.zone)!;
      expect(isInside(asset.x_m, asset.y_m, zone.outline), asset.id).toBe(true);
      expect(spots, `${asset.id} stands where another does`).not.toContain(`${asset.x_m},${asset.y_m}`);
      spots.add(`${asset.x_m},${asset.y_m}`);
    }
  });

  test('bays have room for a car: 2.5 m × 5 m each', () => {
    const bays = ofKind('bay');
    const overlaps = bays.flatMap((a, i) =>
      bays
        .slice(i + 1)
        .filter((b) => Math.abs(a.x_m - b.x_m) < 2.5 && Math.abs(a.y_m - b.y_m) < 5)
        .map((b) => `${a.id} and ${b.id}`),
    );
    expect(overlaps).toEqual([]);
  });

  test('every trade has somebody in every zone, and those who only look have no work', () => {
    for (const zone of site.zones) {
      expect(Object.keys(zone.staff).sort()).toEqual(['electrician', 'parking', 'plumber', 'safety']);
      for (const id of Object.values(zone.staff)) {
        expect(site.people.find((person) => person.id === id)?.role).toBe('staff');
      }
    }
  });

  test('all is simulated but the signs and the test bench', () => {
    expect(site.assets.filter((asset) => !isSimulated(asset)).map(({ id }) => id)).toEqual([
      'sign-orchard',
      'sign-mill',
      'sign-lime',
      'sign-canal',
      'pump-12',
    ]);
  });
});
