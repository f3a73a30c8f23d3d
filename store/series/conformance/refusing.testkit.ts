import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import { NOW, pump } from '../points.testkit.ts';
import { type Begin, stored } from './asking.testkit.ts';

const signal = new AbortController().signal;
const good = pump('p1', NOW, { power_w: 1 });
const BAD: readonly (readonly [string, Point, RegExp])[] = [
  ['a newline in a tag', pump('p1 power_w=1\nbay,site=a,zone=b,asset=c', NOW, { power_w: 1 }), /tag asset/],
  ['a blank in a tag', pump('p 1', NOW, { power_w: 1 }), /tag asset/],
  ['upper case in a tag', pump('P1', NOW, { power_w: 1 }), /tag asset/],
  ['an empty tag', pump('', NOW, { power_w: 1 }), /tag asset/],
  ['a missing tag', { ...good, tags: { site: 'north', asset: 'p1' } }, /tag zone is missing/],
  ['a tag too many', { ...good, tags: { ...good.tags, owner: 'x' } }, /owner/],
  ['NaN', pump('p1', NOW, { power_w: Number.NaN }), /not a finite number/],
  ['infinity', pump('p1', NOW, { power_w: 1, flow_m3_h: Number.POSITIVE_INFINITY }), /flow_m3_h/],
  ['a field that is none', pump('p1', NOW, { 'power_w=1 1\nbay': 1 }), /not in the catalogue/],
  ['no field', pump('p1', NOW, {}), /no field/],
  ['a measurement that is none', { ...good, measurement: 'pump,x=y' }, /measurement/],
  ['a time between milliseconds', pump('p1', NOW + 0.5, { power_w: 1 }), /epoch milliseconds/],
  ['a time before the epoch', pump('p1', -1, { power_w: 1 }), /epoch milliseconds/],
];

export function refusing(begin: Begin): void {
  it('rejects bad points one by one with a reason and stores the rest', async () => {
    const store = await begin();
    const settled = await store.write(
      [good, ...BAD.map(([, point]) => point), pump('p2', NOW, { power_w: 2 })],
      1,
      signal,
    );
    expect(settled).toMatchObject({ stored: 2, keep: [] });
    expect(settled.rejected.map((each) => each.point)).toEqual(BAD.map(([, point]) => point));
    settled.rejected.forEach((each, i) => {
      expect(each.reason, BAD[i]![0]).toMatch(BAD[i]![2]);
    });
    expect(await store.count('pump')).toBe(2);
    expect(await store.count('bay')).toBe(0);
  });

  it('a bad point in any place of a batch costs no other its own', async () => {
    const store = await begin();
    let written = 0;
    const place = fc.option(fc.integer({ min: 0, max: BAD.length - 1 }), { freq: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 25 }), async (places) => {
        const points = places.map((kind) =>
          kind === null ? pump('p1', NOW + written++, { power_w: 1 }) : BAD[kind]![1],
        );
        const bad = points.filter((_, i) => places[i] !== null);
        const settled = await store.write(points, written, signal);
        expect(settled.rejected.map((each) => each.point)).toEqual(bad);
        expect(settled).toMatchObject({ stored: points.length - bad.length, keep: [] });
        expect(await store.count('pump')).toBe(written);
      }),
      { numRuns: 40, seed: 20_261_125 },
    );
  });

  it('begins no more series than it may; those that are there go on', async () => {
    const store = await begin(2);
    await stored(store, [pump('p1', NOW, { power_w: 1 })]);
    const beyond = pump('p3', NOW, { power_w: 3 });
    const points = [pump('p2', NOW, { power_w: 2 }), beyond, pump('p1', NOW + 1, { power_w: 4 })];
    expect(await store.write(points, 3, signal)).toMatchObject({
      stored: 2,
      rejected: [{ point: beyond, code: 'series_too_many' }],
      keep: [],
    });
    await stored(store, [pump('p2', NOW + 2, { power_w: 5 })]);
    expect(await store.count('pump')).toBe(4);
  });
}
