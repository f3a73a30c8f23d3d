import { expect, test } from 'vitest';
import { curveOf, everyFor } from './readings.ts';

const power = { name: 'power_w', unit: 'W', meaning: 'active power drawn' };
const occupied = { name: 'occupied', unit: '', meaning: 'a vehicle stands in the bay' };
const row = (minute: number, values: Record<string, number>) => ({
  ts: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(),
  values,
});

test('a quantity is broken where it was silent for long, rows of other metrics are left out', () => {
  const curve = curveOf(power, [
    row(0, { power_w: 1 }),
    row(1, { power_w: 2 }),
    row(2, { flow_m3_h: 9 }),
    row(2, { power_w: 3 }),
    row(30, { power_w: 4 }),
  ]);
  expect(curve.values).toEqual([1, 2, 3, null, 4]);
  expect(curve.at_s[3]).toBe(Date.UTC(2026, 0, 1, 10, 16) / 1000);
  expect(curve.stepped).toBe(false);
});

test('a state holds until the next word', () => {
  const curve = curveOf(occupied, [row(0, { occupied: 1 }), row(50, { occupied: 0 })]);
  expect(curve.values).toEqual([1, 0]);
  expect(curve.stepped).toBe(true);
});

test('nothing heard is an empty curve', () => {
  expect(curveOf(power, []).values).toEqual([]);
});

test.each([
  [30 * 60_000, ''],
  [12 * 3_600_000, '1m'],
  [24 * 3_600_000, '5m'],
  [7 * 86_400_000, '30m'],
  [60 * 86_400_000, '2h'],
])('a span of %d ms is asked for every %j', (spanMs, every) => {
  expect(everyFor(spanMs)).toBe(every);
});
