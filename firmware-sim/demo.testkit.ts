import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSite } from '../app/site-file.ts';
import { HOUR_MS } from '../model/clock.ts';
import type { Site } from '../model/site.ts';
import type { Sample } from './device-model.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { readScenario, type Scenario } from './scenario.ts';

const file = (name: string): string => fileURLToPath(new URL(`../examples/demo/${name}`, import.meta.url));

export const demoSite: Site = loadSite(file('site.yaml'));
export const demoScenario: Scenario = readScenario(
  readFileSync(file('scenario.yaml'), 'utf8'),
  'scenario.yaml',
  demoSite,
);

/** The demo's fleet with 48 hours of history before `now`. */
export function demoFleet(now: number, scenario = demoScenario, seed = 7, site = demoSite): Fleet {
  return createFleet({ site, scenario, seed, start: now - 48 * HOUR_MS, now });
}

/** One device of the demo alone, with these faults: `faults` is the YAML of the list's items. */
export function oneAsset(asset: string, now: number, faults = '', seed = 7): Fleet {
  const found = demoSite.assets.find((other) => other.id === asset)!;
  const kept = new Set([asset, found.circuit, found.gateway]);
  // A circuit needs its lamps, a gateway what it carries.
  const assets = demoSite.assets.filter(
    (other) => kept.has(other.id) || other.circuit === asset || other.gateway === asset,
  );
  const site = { ...demoSite, assets };
  const scenario = readScenario(`faults:\n${faults}`, 'scenario.yaml', site);
  return demoFleet(now, scenario, seed, site);
}

/** Everything that the devices say until `to`, by asset. */
export function samplesOf(fleet: Fleet, to: number): Map<string, Sample[]> {
  const series = new Map<string, Sample[]>();
  for (const { asset, payloads } of fleet.batches(to)) {
    series.set(
      asset,
      payloads.flatMap((payload) => JSON.parse(payload) as Sample[]),
    );
  }
  return series;
}

interface Cut {
  readonly before: readonly Sample[];
  readonly during: readonly Sample[];
  readonly after: readonly Sample[];
}

export interface Comparison {
  readonly ill: Cut;
  readonly well: Cut;
}

/** What the asset says with the faults and without, cut into before, during and after `[from, to)`. */
export function withAndWithout(
  now: number,
  asset: string,
  faults: string,
  from: number,
  to: number,
): Comparison {
  const cut = (samples: readonly Sample[]): Cut => ({
    before: samples.filter(({ ts }) => ts < from),
    during: samples.filter(({ ts }) => ts >= from && ts < to),
    after: samples.filter(({ ts }) => ts >= to),
  });
  const say = (yaml: string): readonly Sample[] => samplesOf(oneAsset(asset, now, yaml), now).get(asset)!;
  return { ill: cut(say(faults)), well: cut(say('')) };
}
