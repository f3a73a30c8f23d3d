import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reading } from '../../model/reading.ts';
import { createAssetIndex, UNKNOWN } from './asset-index.ts';

const about = (asset: string): Reading => ({ asset }) as Reading;

it('finds what a list does, whatever the names', () => {
  // Few letters, so that names are alike and hashes meet: "Aa" and "BB" have the same.
  const name = fc.string({ unit: fc.constantFrom('A', 'B', 'a', '-'), maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 60 }), fc.array(name, { maxLength: 80 }), (ids, asked) => {
      const index = createAssetIndex(ids);
      const numbers = new Int32Array(asked.length);
      index.ofEach(asked.map(about), 0, asked.length, numbers);
      expect([...numbers]).toEqual(asked.map((id) => ids.indexOf(id)));
      expect(asked.map(index.of)).toEqual([...numbers]);
    }),
  );
});

it('looks only at the readings that it is asked about', () => {
  const index = createAssetIndex(['pump-1', 'pump-2']);
  const numbers = new Int32Array(3);
  index.ofEach(['pump-1', 'pump-2', 'pump-3', 'pump-1'].map(about), 1, 2, numbers);
  expect([...numbers]).toEqual([1, UNKNOWN, 0]);
});
