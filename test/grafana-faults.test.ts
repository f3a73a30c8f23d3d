import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOverTime } from '../dashboards/grafana/influxql.ts';
import { filledIn } from '../dashboards/grafana/macros.testkit.ts';
import type { Point } from '../model/point.ts';
import { type Influxd, startInfluxd } from '../store/series/influx/influxd.testkit.ts';
import { openInfluxSeries } from '../store/series/influx/store.ts';
import { isMissing } from './engines.testkit.ts';

const HOUR = 3_600_000;
const NOW = 1_699_999_200_000;
const FROM = NOW - 48 * HOUR;

const said = fc.record({
  asset: fc.constantFrom('l1', 'l2', 'l3', 'l4', 'l5'),
  rule: fc.constantFrom('LampOut', 'DayBurner'),
  minute: fc.integer({ min: -60 * 24 * 3, max: 60 * 48 - 1 }),
  active: fc.constantFrom(0, 1),
});
type Said = { asset: string; rule: string; minute: number; active: number };

function point({ asset, rule, minute, active }: Said): Point {
  const tags = {
    site: 'north',
    zone: asset < 'l3' ? 'a' : 'b',
    asset,
    kind: 'luminaire',
    rule,
    severity: 'minor',
  };
  return { measurement: 'fault', tags, ts: FROM + minute * 60_000, fields: { active } };
}

/** How many assets the rule fires for at the time, by the last that was said of each. */
function activeAt(all: readonly Said[], rule: string, ts: number): number {
  const states = new Map<string, Said>();
  for (const one of all) {
    const before = states.get(one.asset);
    const inTime = one.rule === rule && FROM + one.minute * 60_000 < ts;
    if (inTime && (before === undefined || before.minute <= one.minute)) states.set(one.asset, one);
  }
  return [...states.values()].reduce((sum, one) => sum + one.active, 0);
}

describe.skipIf(isMissing('influxd'))('faults over time, as InfluxDB 1.6.7 counts them', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(() => influxd?.end());

  it('are what was last said of each, whatever was said how often and when', async () => {
    let runs = 0;
    const property = async (all: readonly Said[]) => {
      const database = `faults_${runs++}`;
      const store = await openInfluxSeries({ url: influxd.url, database });
      await store.write(all.map(point), 0, new AbortController().signal);
      await store.close();
      const variables = { site: ['.*'], zone: ['.*'] };
      const query = filledIn(faultsOverTime(), { from: FROM, to: NOW, intervalMs: HOUR, variables });
      const answer = (await influxd.query(query, database)) as {
        results: { series?: { tags: { rule: string }; values: [number, number][] }[] }[];
      };
      const series = answer.results[0]?.series ?? [];
      expect(new Set(series.map(({ tags }) => tags.rule))).toEqual(new Set(all.map((one) => one.rule)));
      for (const { tags, values } of series) {
        const shown = values.filter(([ts]) => ts >= FROM);
        const times = Array.from({ length: 49 }, (_, hour) => FROM + hour * HOUR);
        expect(shown).toEqual(times.map((ts) => [ts, activeAt(all, tags.rule, ts + HOUR)]));
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 40 }), property), {
      numRuns: 25,
      seed: 20_261_124,
    });
  });
});
