import { describe, expect, it } from 'vitest';
import type { Point } from '../../model/point.ts';
import { refuseNewSeries } from './cardinality.ts';
import { NOW, pump } from './points.testkit.ts';
import { type SeriesName, seriesIndex } from './series-index.ts';

const fault = (asset: string, rule: string): Point => ({
  measurement: 'fault',
  tags: { ...pump(asset, NOW, {}).tags, kind: 'pump', rule, severity: 'minor' },
  ts: NOW,
  fields: { active: 1 },
});

describe('the number of series', () => {
  const knownOf = (...points: readonly Point[]) => {
    const index = seriesIndex<SeriesName>();
    for (const point of points) index.add(point);
    return index;
  };
  const moved = { ...pump('p1', NOW, {}), tags: { site: 'north', zone: 'roof', asset: 'p1' } };

  it('is found by measurement and every tag', () => {
    const index = knownOf(pump('p1', NOW, {}), fault('p1', 'PumpDryRun'));
    expect(index.find(pump('p1', NOW + 5, { power_w: 1 }))).toBeDefined();
    expect(index.find(fault('p1', 'PumpDryRun'))).toBeDefined();
    for (const other of [pump('p2', NOW, {}), moved, fault('p1', 'BearingHot')])
      expect(index.find(other)).toBeUndefined();
    const known = index.find(pump('p1', NOW, {}))!;
    index.remove(known);
    index.remove(known);
    expect(index.find(pump('p1', NOW, {}))).toBeUndefined();
    expect(index.size()).toBe(1);
  });

  it('may grow to the bound; then known ones go on and new ones are refused', () => {
    const known = knownOf(pump('p1', NOW, {}));
    const points = [
      pump('p2', NOW, { power_w: 1 }),
      pump('p3', NOW, { power_w: 1 }),
      pump('p1', NOW, { power_w: 1 }),
      pump('p2', NOW + 1, { power_w: 1 }),
      moved,
      fault('p1', 'PumpDryRun'),
    ];
    const { good, rejected } = refuseNewSeries(points, known, 2);
    expect(good).toEqual([points[0], points[2], points[3]]);
    expect(rejected.map((each) => each.point)).toEqual([points[1], points[4], points[5]]);
    expect(rejected[0]).toMatchObject({
      code: 'series_too_many',
      reason: expect.stringContaining('series.max_series'),
    });
    expect(known.size()).toBe(1);
  });
});
