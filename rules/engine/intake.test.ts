import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading } from '../../model/reading.ts';
import { causes, freshEngine, library, troubledEstate } from './engine.testkit.ts';
import type { AssetRows } from './intake.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-10T12:00:00Z');
const END = START + 40 * HOUR;

/** What was measured in a span, asset by asset, as a store gives it. */
function rowsBetween(readings: readonly Reading[], from: number, to: number): readonly AssetRows[] {
  const byAsset = new Map<string, Reading[]>();
  for (const reading of readings) {
    if (reading.ts < from || reading.ts >= to) continue;
    byAsset.set(reading.asset, [...(byAsset.get(reading.asset) ?? []), reading]);
  }
  return [...byAsset].map(([asset, own]) => {
    const sorted = [...own].sort((a, b) => a.ts - b.ts);
    const metrics = [...new Set(own.flatMap(({ values }) => Object.keys(values)))];
    const column = (metric: string) =>
      Float64Array.from(sorted, ({ values }) => values[metric] ?? Number.NaN);
    return {
      ...{ kind: own[0]!.kind, asset, metrics, values: metrics.map(column) },
      ...{ ts: Float64Array.from(sorted, ({ ts }) => ts), from: 0, to: sorted.length },
    };
  });
}

it('gives what one reading after another gives, however the past is cut into slices', () => {
  const rules = library();
  const { directory, readings } = troubledEstate(5, 30, START);
  const single = freshEngine(rules, directory, START);
  const expected = [...readings.flatMap((one) => single.step(one)), ...single.advance(END)];
  expect(expected.length).toBeGreaterThan(5);
  const cuts = fc.uniqueArray(fc.integer({ min: START, max: END }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (inner) => {
      const engine = freshEngine(rules, directory, START);
      const changes = [];
      let from = Number.NEGATIVE_INFINITY;
      for (const to of [...inner, END].sort((a, b) => a - b)) {
        for (const rows of rowsBetween(readings, from, to)) changes.push(...engine.stepRows(rows));
        changes.push(...engine.advance(to));
        from = to;
      }
      expect(causes(changes)).toEqual(causes(expected));
    }),
    { numRuns: 15, seed: 20_261_125 },
  );
});

it('goes on from single readings that still wait for late ones', () => {
  const rules = library();
  const { directory, readings } = troubledEstate(5, 30, START);
  const half = START + 15 * HOUR;
  const single = freshEngine(rules, directory, START);
  const expected = [...readings.flatMap((one) => single.step(one)), ...single.advance(END)];
  const engine = freshEngine(rules, directory, START);
  const changes = readings.filter(({ ts }) => ts < half).flatMap((one) => engine.step(one));
  for (const rows of rowsBetween(readings, half, END)) changes.push(...engine.stepRows(rows));
  changes.push(...engine.advance(END));
  expect(causes(changes)).toEqual(causes(expected));
});
