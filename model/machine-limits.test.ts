import { describe, expect, it } from 'vitest';
import { attributeSchema } from './attributes.ts';
import { hourlyStartsLimit, vibrationLimits } from './machine-limits.ts';

describe('limits of a machine', () => {
  it.each([
    ['iso10816_7_1', 200_000, [4, 6.6]],
    ['iso10816_7_1', 200_001, [5, 7.6]],
    ['iso10816_7_2', 4_000, [5.1, 8.5]],
    ['iso10816_7_2', 250_000, [6.1, 9.5]],
    ['iso10816_3_rigid', 15_000, [2.8, 4.5]],
    ['iso10816_3_rigid', 400_000, [4.5, 7.1]],
    ['iso10816_3_flexible', 300_000, [4.5, 7.1]],
    ['iso10816_3_flexible', 400_000, [7.1, 11]],
  ] as const)('vibration of %s at %i W', (by, rated_w, limits) => {
    expect(vibrationLimits(by, rated_w)).toEqual(limits);
  });

  it.each([
    [5, 2, 8.1],
    [5, 4, 16.3],
    [25, 4, 8.8],
    [100, 6, 5.9],
    // Smaller than the table is as its first row, larger as its last.
    [1, 4, 16.3],
    [500, 2, 2.6],
  ] as const)('%i hp, %i poles: %f starts an hour', (hp, poles, starts) => {
    expect(hourlyStartsLimit(hp * 745.7, poles)).toBe(starts);
  });

  it('follow from the class and the size, unless the asset has its own', () => {
    const pump = attributeSchema('pump');
    expect(pump.parse({ vibration_class: 'iso10816_7_2', rated_w: 250_000, poles: 2 })).toMatchObject({
      vibration_warn_mm_s: 6.1,
      vibration_critical_mm_s: 9.5,
      starts_hourly_max: 2.6,
    });
    expect(pump.parse({ vibration_warn_mm_s: '3.1' })).toMatchObject({
      vibration_warn_mm_s: 3.1,
      vibration_critical_mm_s: 6.6,
    });
    expect(pump.safeParse({ poles: '3' }).success).toBe(false);
  });
});
