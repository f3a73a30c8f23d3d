import { describe, expect, it } from 'vitest';
import type { Asset } from '../model/site.ts';
import type { ParkingView } from '../model/views/parking.ts';
import { signNumber } from './start-signs.ts';

const sign = { kind: 'sign', site: 's', attributes: { shows_zone: 'north' } } as unknown as Asset;

function parking(newest_s: number | null, classes: [string, number][]): ParkingView {
  const zone = {
    zone: 'north',
    zone_name: 'North',
    site: 's',
    site_name: 'S',
    tz: 'UTC',
    oldest_s: newest_s,
    newest_s,
  };
  const views = classes.map(([bay_class, free]) => ({ bay_class, free, total: 9, unknown: 0 }));
  return { at: '', next: null, items: [{ ...zone, classes: views }] };
}

describe('a sign', () => {
  it.each<[string, ParkingView, number | null]>([
    [
      'counts the bays that anybody may take',
      parking(3, [
        ['general', 4],
        ['accessible', 2],
      ]),
      4,
    ],
    ['shows none for a full zone', parking(3, [['general', 0]]), 0],
    ['is dark when no bay was heard', parking(null, [['general', 0]]), null],
    ['is dark for a zone without bays', { at: '', items: [], next: null }, null],
  ])('%s', (_, view, shown) => {
    expect(signNumber(sign, view)).toBe(shown);
  });
});
