import { expect, it } from 'vitest';
import { causes, freshEngine, library, troubledEstate } from './engine.testkit.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const END = START + 40 * 3_600_000;

it('gives what one reading after another gives, whatever the size of the batches', () => {
  const rules = library();
  const { directory, readings } = troubledEstate(5, 30, START);
  const single = freshEngine(rules, directory, START);
  const expected = [...readings.flatMap((one) => single.step(one)), ...single.advance(END)];
  expect(expected.length).toBeGreaterThan(5);
  for (const size of [1, 7, 24, 1000, readings.length]) {
    const engine = freshEngine(rules, directory, START);
    const changes = [];
    for (let i = 0; i < readings.length; i += size) {
      changes.push(...engine.stepAll(readings.slice(i, i + size)));
    }
    changes.push(...engine.advance(END));
    expect(causes(changes)).toEqual(causes(expected));
  }
});

it('gives the same for the rows of one asset after another', () => {
  const rules = library();
  const { directory, readings } = troubledEstate(6, 30, START);
  const single = freshEngine(rules, directory, START);
  const expected = [...readings.flatMap((one) => single.step(one)), ...single.advance(END)];
  const engine = freshEngine(rules, directory, START);
  const changes = [...directory.assets()].flatMap(({ id, kind }) => {
    const own = readings.filter((one) => one.asset === id);
    const metrics = [...new Set(own.flatMap(({ values }) => Object.keys(values)))];
    return engine.stepRows({
      kind,
      asset: id,
      ts: Float64Array.from(own, ({ ts }) => ts),
      metrics,
      values: metrics.map((metric) => Float64Array.from(own, ({ values }) => values[metric] ?? Number.NaN)),
      from: 0,
      to: own.length,
    });
  });
  changes.push(...engine.advance(END));
  expect(expected.length).toBeGreaterThan(5);
  expect(causes(changes)).toEqual(causes(expected));
});
