import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDashboards } from '../dashboards/grafana/build.ts';
import { overviewIn, type Panel } from '../dashboards/grafana/classic.testkit.ts';
import { type Chosen, durationMs, filledIn } from '../dashboards/grafana/macros.testkit.ts';
import { type Influxd, startInfluxd } from '../store/series/influx/influxd.testkit.ts';
import { openInfluxSeries } from '../store/series/influx/store.ts';
import { isMissing } from './engines.testkit.ts';
import { HOUR, NOW, SITE } from './grafana-site.testkit.ts';

interface Series {
  readonly tags?: Readonly<Record<string, string>>;
  readonly values: readonly (readonly (number | string | null)[])[];
}

const overview = overviewIn(buildDashboards({ influxUrl: 'http://127.0.0.1:8086', database: 'steward' }));
const targets = overview.panels.flatMap((panel) =>
  panel.targets.map((target) => ({ name: `${panel.title} ${target.refId}`, panel, target })),
);

describe.skipIf(isMissing('influxd'))('every query, on InfluxDB 1.6.7 with two days of a small site', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
    const store = await openInfluxSeries({ url: influxd.url });
    const settled = await store.write(SITE, 0, new AbortController().signal);
    expect(settled).toEqual({ stored: SITE.length, rejected: [], keep: [] });
    await store.close();
  });
  afterAll(() => influxd?.end());

  const ask = async (query: string): Promise<readonly Series[]> => {
    const answer = (await influxd.query(query, 'steward')) as {
      error?: string;
      results?: readonly { error?: string; series?: readonly Series[] }[];
    };
    expect(answer.error ?? answer.results?.[0]?.error, query).toBeUndefined();
    return answer.results?.[0]?.series ?? [];
  };
  /** `$__interval` is never below the panel's own; 48 h over about 600 pixels are 5 minutes. */
  const chosen = (panel: Panel | undefined, site: string[], zone: string[]): Chosen => ({
    from: NOW - 48 * HOUR,
    to: NOW,
    intervalMs: Math.max(300_000, panel?.interval === undefined ? 0 : durationMs(panel.interval)),
    variables: { site, zone },
  });
  const run = async (
    title: string,
    refId = 'A',
    zone = ['.*'],
    site = ['north'],
  ): Promise<readonly Series[]> => {
    const found = targets.find((each) => each.panel.title === title && each.target.refId === refId);
    if (found === undefined) throw new Error(`no query ${refId} in a panel ${title}`);
    return ask(filledIn(found.target.query, chosen(found.panel, site, zone)));
  };

  it.each(targets)('$name: no error, rows, each bucket once and in order', async ({ panel, target }) => {
    for (const site of [['.*'], ['north'], ['north', 'south']]) {
      const query = filledIn(target.query, chosen(panel, site, ['.*']));
      expect(query).not.toMatch(/\$[a-z_{]/i);
      const series = await ask(query);
      expect(series.length, query).toBeGreaterThan(0);
      for (const { values } of series) {
        const times = values.map(([time]) => Number(time));
        expect(times, query).toEqual([...new Set(times)].sort((a, b) => a - b));
      }
    }
    expect(await ask(filledIn(target.query, chosen(panel, ['nowhere'], ['.*'])))).toEqual([]);
  });

  it.each([
    ['site', ['.*'], ['north', 'south']],
    ['zone', ['.*'], ['a', 'b', 'c']],
    ['zone', ['north'], ['a', 'b']],
  ])('the variable %s offers, of the sites %o: %o', async (name, site, expected) => {
    const query = overview.templating.list.find((variable) => variable.name === name)?.query ?? '';
    const series = await ask(filledIn(query, chosen(undefined, site, ['.*'])));
    const offered = new Set(series.flatMap(({ values }) => values.map(([, value]) => value)));
    expect([...offered].sort()).toEqual(expected);
  });

  /** The last value of each line, by the tag that names it. */
  const last = (series: readonly Series[]) =>
    Object.fromEntries(
      series.map(({ tags, values }) => [Object.values(tags ?? {}).join(), values.at(-1)?.[1]]),
    );
  /** The value of the bucket that holds the time so many hours ago. */
  const at = (series: readonly Series[], name: string, hoursAgo: number) => {
    const line = series.find(({ tags }) => Object.values(tags ?? {}).includes(name));
    return line?.values.findLast(([time]) => Number(time) <= NOW - hoursAgo * HOUR)?.[1];
  };

  it('counts open tickets, active faults, silent devices and low batteries as they are', async () => {
    expect(last(await run('Open tickets by severity'))).toEqual({ minor: 4, critical: 0 });
    expect(last(await run('Open tickets by severity', 'A', ['b']))).toEqual({ minor: 2, critical: 0 });
    expect(last(await run('Faults active now by rule'))).toEqual({
      LampOut: 2,
      DeviceSilent: 2,
      PumpDryRun: 0,
    });
    expect(last(await run('Silent devices'))).toEqual({ bay: 1, pump: 1 });
    expect((await run('Batteries low')).map(({ values }) => values[0]?.[1])).toEqual([1]);
  });

  it('knows the free bays of each zone', async () => {
    expect(last(await run('Free bays by zone'))).toEqual({ a: 1, b: 0 });
    expect(last(await run('Free bays by zone', 'A', ['.*'], ['.*']))).toEqual({ a: 1, b: 0, c: 0 });
  });

  it('follows faults over time, also one that began before the time range', async () => {
    const faults = await run('Faults active by rule');
    const counts = [40, 29, 15, 5, 1].map((hoursAgo) => at(faults, 'LampOut', hoursAgo));
    expect(counts).toEqual([0, 1, 0, 1, 2]);
    expect(at(faults, 'DeviceSilent', 40)).toBe(2);
    expect(at(faults, 'PumpDryRun', 9.5)).toBe(1);
    expect(at(faults, 'PumpDryRun', 5)).toBe(0);
    expect(at(await run('Lighting power against dark lamps', 'C'), 'LampOut', 1)).toBe(2);
  });

  it('counts what was opened, re-opened and closed', async () => {
    const sum = async (refId: string) =>
      (await run('Tickets opened, re-opened, closed', refId))
        .flatMap(({ values }) => values)
        .reduce((total, [, value]) => total + Number(value), 0);
    expect([await sum('A'), await sum('B'), await sum('C')]).toEqual([3, 1, 2]);
  });

  it('shows occupancy, power and pumps in their units', async () => {
    const occupied = await run('Bays occupied');
    expect(at(occupied, 'a', 30)).toBeCloseTo(100 / 3);
    expect(at(occupied, 'a', 3)).toBeCloseTo(200 / 3);
    expect(at(occupied, 'b', 3)).toBe(100);
    expect(last(await run('Lighting power against dark lamps', 'A'))).toEqual({ c1: 150 });
    expect(last(await run('Lighting power against dark lamps', 'B'))).toEqual({ a: 150 });
    const running = await run('Pumps running');
    expect([at(running, 'p1', 20), at(running, 'p1', 2), at(running, 'p2', 2)]).toEqual([0, 1, 0]);
    expect(last(await run('Pump vibration'))).toEqual({ p1: 6, p2: 1 });
    expect(last(await run('Pump flow'))).toEqual({ p1: 20, p2: 0 });
  });

  it('shows what the gateway said last and how many readings come a second', async () => {
    const [gateway] = await run('Gateways');
    expect(gateway?.tags).toEqual({ asset: 'g1' });
    expect(gateway?.values[0]?.slice(1)).toEqual([49.75 * 3_600, 9, 0]);
    const [rate] = await run('Readings stored');
    // Four bays of this site in a bucket of five minutes.
    expect(rate?.values.find(([time]) => Number(time) === NOW - 10 * HOUR)?.[1]).toBeCloseTo(4 / 300);
  });
});
