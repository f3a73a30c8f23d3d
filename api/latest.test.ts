import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatestValues, type LatestChange } from './latest.ts';

const reading = fc.record({
  asset: fc.constantFrom('l1', 'l2'),
  ts: fc.integer({ min: 1, max: 20 }),
  values: fc.dictionary(fc.constantFrom('power_w', 'voltage_v'), fc.integer({ min: 0, max: 3 }), {
    minKeys: 1,
  }),
});

describe('newest values', () => {
  it('are the newest by time of measuring, however late or often readings come', () => {
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const latest = createLatestValues();
        for (const r of readings) latest.put(r);
        for (const asset of ['l1', 'l2']) {
          const own = readings.filter((r) => r.asset === asset);
          expect(latest.seen(asset)).toBe(own.length > 0 ? Math.max(...own.map((r) => r.ts)) : undefined);
          for (const metric of ['power_w', 'voltage_v']) {
            const told = own.filter((r) => metric in r.values);
            const ts = Math.max(...told.map((r) => r.ts));
            // Of two values of one time the last that came counts, as in the series engine.
            const value = told.findLast((r) => r.ts === ts)?.values[metric];
            expect(latest.of(asset).get(metric)).toEqual(told.length > 0 ? { value, ts } : undefined);
          }
        }
      }),
    );
  });

  it('tell listeners what became newer, and nothing else', () => {
    const latest = createLatestValues();
    const changes: LatestChange[] = [];
    const stop = latest.onChange((change) => changes.push(change));
    latest.put({ asset: 'l1', ts: 2, values: { power_w: 5 } });
    latest.put({ asset: 'l1', ts: 2, values: { power_w: 5 } });
    latest.put({ asset: 'l1', ts: 1, values: { power_w: 4, voltage_v: 230 } });
    stop();
    latest.put({ asset: 'l1', ts: 3, values: { power_w: 6 } });
    expect(changes).toEqual([
      { asset: 'l1', values: { power_w: { value: 5, ts: 2 } } },
      { asset: 'l1', values: { voltage_v: { value: 230, ts: 1 } } },
    ]);
  });

  it('begin with what the series engine knew, which never overrides what came since', () => {
    const latest = createLatestValues();
    latest.put({ asset: 'l1', ts: 5, values: { power_w: 9 } });
    latest.seed([
      { asset: 'l1', values: { power_w: { value: 1, ts: 4 }, voltage_v: { value: 229, ts: 4 } } },
    ]);
    expect(Object.fromEntries(latest.of('l1'))).toEqual({
      power_w: { value: 9, ts: 5 },
      voltage_v: { value: 229, ts: 4 },
    });
    expect(latest.seen('l1')).toBe(5);
    expect(latest.of('never')).toEqual(new Map());
  });
});
