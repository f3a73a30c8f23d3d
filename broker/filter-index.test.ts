import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterIndex } from './filter-index.ts';
import { filterMatches, isFilter } from './filters.ts';

const name = fc.constantFrom('a', 'b', '', '$x', '+');
const path = fc.array(name, { minLength: 1, maxLength: 4 });
const topic = path.map((names) => names.map((one) => (one === '+' ? 'c' : one)).join('/'));
const filter = fc
  .tuple(path, fc.boolean())
  .map(([names, open]) => [...names, ...(open ? ['#'] : [])].join('/'));

describe('filters that are filed', () => {
  it('are found exactly where each by itself names the topic, also after others were taken away', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(filter, fc.nat(3)), { maxLength: 30 }),
        fc.array(fc.nat(29), { maxLength: 20 }),
        fc.array(topic, { minLength: 1, maxLength: 10 }),
        (filed, taken, topics) => {
          const index = filterIndex<number>();
          const left = new Set(filed.map((pair) => JSON.stringify(pair)));
          for (const [one, value] of filed) if (isFilter(one)) index.add(one, value);
          for (const at of taken) {
            const pair = filed[at];
            if (!pair) continue;
            index.delete(...pair);
            left.delete(JSON.stringify(pair));
          }
          const pairs = [...left].map((text) => JSON.parse(text) as [string, number]);
          const valid = pairs.filter(([one]) => isFilter(one));
          expect(index.size).toBe(valid.length);
          for (const one of topics) {
            const expected = valid.filter(([by]) => filterMatches(by, one)).map(([, value]) => value);
            expect([...index.match(one)].sort()).toEqual([...new Set(expected)].sort());
          }
        },
      ),
    );
  });
});
