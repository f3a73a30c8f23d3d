import { describe, expect, it } from 'vitest';
import type { Asset } from '../model/site.ts';
import type { Stall } from './stalled.ts';
import { stallFaults } from './stalled-faults.ts';

const ASSET: Asset = {
  id: 'gw-1',
  kind: 'gateway',
  site: 'north',
  zone: 'cellar',
  name: 'Gateway',
  x_m: 0,
  y_m: 0,
  circuit: '',
  gateway: '',
  attributes: {},
};
const SERIES: Stall = { step: 'series_writer', since: 1_000, text: 'stands still: InfluxDB is away' };
const RULES: Stall = { step: 'rules', since: 2_000, text: 'stands still' };

const told = (changes: ReturnType<ReturnType<typeof stallFaults>['look']>) =>
  changes.map(({ type, fault, at }) => [type, fault.key, at]);

describe('faults of Steward itself', () => {
  it('fire once for each step that stands, and are cleared and proved when it goes on', () => {
    const faults = stallFaults(ASSET, []);
    const writer = 'steward-stands-still-series-writer/gw-1';
    const rules = 'steward-stands-still-rules/gw-1';
    expect(told(faults.look([], 1))).toEqual([]);
    expect(told(faults.look([SERIES], 2))).toEqual([['firing', writer, 2]]);
    expect(told(faults.look([SERIES, RULES], 3))).toEqual([['firing', rules, 3]]);
    expect(faults.active().map(({ key }) => key)).toEqual([writer, rules]);
    expect(told(faults.look([RULES], 4))).toEqual([
      ['cleared', writer, 4],
      ['proved', writer, 4],
    ]);
    expect(told(faults.look([SERIES, RULES], 5))).toEqual([['firing', writer, 5]]);
  });

  it('tell their asset, why, and who is called', () => {
    const [change] = stallFaults(ASSET, []).look([SERIES], 2);
    expect(change).toMatchObject({
      cause: 'steward-stands-still-series-writer/gw-1/2:firing',
      fault: { asset: 'gw-1', zone: 'cellar', severity: 'critical', trade: 'steward', since: 1_000 },
    });
    expect(change?.fault.evidence.text).toBe('series_writer stands still: InfluxDB is away');
  });

  it('that an earlier run left firing are ended by the first look that finds the step going', () => {
    const [left] = stallFaults(ASSET, []).look([SERIES], 2);
    const next = stallFaults(ASSET, [left!.fault]);
    expect(told(next.look([], 9))).toEqual([
      ['cleared', left!.fault.key, 9],
      ['proved', left!.fault.key, 9],
    ]);
  });
});
