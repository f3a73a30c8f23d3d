import { attributeSchema } from '../../model/attributes.ts';
import { SECOND_MS } from '../../model/clock.ts';
import { type Directory, directoryOf } from '../../model/directory.ts';
import { isTimeZone } from '../../model/local-time.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { Reading } from '../../model/reading.ts';
import type { Asset, Site } from '../../model/site.ts';
import type { Mistake, Path } from '../../model/strict-yaml.ts';
import { didYouMean } from '../../model/suggest.ts';
import { parseDuration } from '../language/duration.ts';
import type { RuleTest } from '../language/schema.ts';
import { expandIds, matchIds, parseValues } from './series.ts';

/** A test as the engine sees it. Times are epoch milliseconds. */
export interface Scenario {
  readonly directory: Directory;
  readonly readings: readonly Reading[];
  readonly start: number;
  readonly end: number;
}

const msOf = (text: string): number => parseDuration(text) ?? 0;

const LIGHTING = { offset_min: 30, level_pct: 100, steps: [] };

function assetsOf(test: RuleTest, note: (path: Path, message: string) => void): Asset[] {
  return test.assets.flatMap((entry, i) => {
    const { id, kind, circuit, gateway, zone, name, ...attributes } = entry;
    const parsed = attributeSchema(kind).safeParse(attributes);
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        note(['assets', i], `${issue.path.join('.')} ${issue.message}`);
      return [];
    }
    return expandIds(id).map(
      (one): Asset => ({
        id: one,
        kind,
        site: 'site',
        zone: String(zone ?? 'zone'),
        name: String(name ?? one),
        x_m: 0,
        y_m: 0,
        circuit: String(circuit ?? ''),
        gateway: String(gateway ?? ''),
        attributes: parsed.data,
        given: Object.keys(attributes),
      }),
    );
  });
}

function siteOf(test: RuleTest, assets: readonly Asset[]): Site {
  const zones = [...new Set(assets.map((asset) => asset.zone))];
  return {
    id: 'site',
    name: 'Site',
    tz: test.site.tz,
    lat: test.site.lat,
    lon: test.site.lon,
    plan: { width_m: 1, height_m: 1 },
    lighting: test.site.lighting ?? LIGHTING,
    zones: zones.map((id) => ({ id, name: id, steward: 'steward', staff: {}, outline: [] })),
    people: [],
    assets,
  };
}

type Samples = Map<string, Map<number, Record<string, number>>>;

function addSeries(
  test: RuleTest,
  index: number,
  start: number,
  assets: readonly Asset[],
  samples: Samples,
  note: (path: Path, message: string) => void,
): void {
  const series = test.series[index]!;
  const path = ['series', index];
  const slash = series.of.lastIndexOf('/');
  const metric = series.of.slice(slash + 1);
  const ids = matchIds(
    series.of.slice(0, slash),
    assets.map(({ id }) => id),
  );
  if (slash < 0 || ids.length === 0) note([...path, 'of'], `"${series.of}" names none of the assets`);
  let values: ReturnType<typeof parseValues> = [];
  try {
    values = parseValues(series.values);
  } catch (error) {
    note([...path, 'values'], (error as Error).message);
  }
  for (const asset of assets.filter(({ id }) => ids.includes(id))) {
    const known = metricsOf(asset.kind);
    if (!known.has(metric)) {
      const hint = didYouMean(metric, known.keys());
      note([...path, 'of'], `a ${asset.kind} has no metric "${metric}"${hint}`);
      return;
    }
    const ofAsset = samples.get(asset.id) ?? new Map<number, Record<string, number>>();
    samples.set(asset.id, ofAsset);
    values.forEach((value, i) => {
      if (value === undefined) return;
      const ts = start + msOf(series.from) + i * msOf(series.every);
      ofAsset.set(ts, { ...ofAsset.get(ts), [metric]: value });
    });
  }
}

/** Builds what a test describes; notes mistakes by their path below the test. */
export function scenarioOf(test: RuleTest, note: (mistake: Mistake) => void): Scenario {
  const tell = (path: Path, message: string): void => note({ path, message });
  const start = Date.parse(test.start);
  if (Number.isNaN(start)) tell(['start'], 'must be a time like 2026-01-10T18:00:00Z');
  if (!isTimeZone(test.site.tz)) tell(['site', 'tz'], `there is no time zone "${test.site.tz}"`);
  const assets = assetsOf(test, tell);
  const samples: Samples = new Map();
  for (const index of test.series.keys()) addSeries(test, index, start, assets, samples, tell);
  const readings = assets.flatMap((asset) =>
    [...(samples.get(asset.id) ?? [])].map(
      ([ts, values]): Reading => ({
        site: asset.site,
        zone: asset.zone,
        kind: asset.kind,
        asset: asset.id,
        ts,
        received: ts,
        values,
        message: 'test',
      }),
    ),
  );
  readings.sort((a, b) => a.ts - b.ts);
  const last = readings.at(-1)?.ts ?? start;
  const asked = test.expect.map(({ at }) => start + msOf(at));
  const end = test.until ? start + msOf(test.until) : Math.max(last, ...asked);
  return { directory: directoryOf([siteOf(test, assets)]), readings, start, end: end + SECOND_MS };
}
