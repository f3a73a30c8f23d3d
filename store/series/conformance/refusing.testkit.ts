import { expect, it } from 'vitest';
import type { Point } from '../../../model/point.ts';
import { NOW, pump } from '../points.testkit.ts';
import type { Begin } from './asking.testkit.ts';

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
}
