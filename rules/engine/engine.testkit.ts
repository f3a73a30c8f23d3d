import { readdirSync, readFileSync } from 'node:fs';
import { attributeSchema } from '../../model/attributes.ts';
import { type Directory, directoryOf } from '../../model/directory.ts';
import type { FaultChange } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import { seededRandom } from '../../model/random.ts';
import type { Reading } from '../../model/reading.ts';
import type { Asset } from '../../model/site.ts';
import { loadRules } from '../language/load.ts';
import type { RuleSet } from '../language/rule.ts';
import { createEngine, type Engine } from './engine.ts';

export const LIBRARY = `${import.meta.dirname}/../library`;

export function library(): RuleSet {
  const names = readdirSync(LIBRARY).filter((name) => name.endsWith('.yaml'));
  return loadRules(names.map((file) => ({ file, text: readFileSync(`${LIBRARY}/${file}`, 'utf8') })));
}

export function ruleSet(rules: string): RuleSet {
  return loadRules([{ file: 'test.yaml', text: `groups:\n- name: test\n  rules:\n${rules}` }]);
}

export function asset(id: string, kind: Kind, more: Record<string, string | number> = {}): Asset {
  const { circuit = '', gateway = '', ...attributes } = more;
  return {
    id,
    kind,
    site: 's',
    zone: 'z',
    name: id,
    x_m: 0,
    y_m: 0,
    circuit: String(circuit),
    gateway: String(gateway),
    attributes: attributeSchema(kind).parse(attributes),
  };
}

export function siteWith(assets: readonly Asset[]): Directory {
  const lighting = { offset_min: 30, level_pct: 100, steps: [{ at: '23:00', level_pct: 50 }] };
  const zones = [{ id: 'z', name: 'Z', steward: 'p', staff: {}, outline: [] }];
  const place = { tz: 'Europe/London', lat: 51.5, lon: -0.1 };
  const plan = { width_m: 1, height_m: 1 };
  return directoryOf([{ id: 's', name: 'S', ...place, plan, lighting, zones, people: [], assets }]);
}

export function reading(of: Asset, ts: number, values: Record<string, number>, received = ts): Reading {
  return { site: 's', zone: 'z', kind: of.kind, asset: of.id, ts, received, values, message: 'm' };
}

export const causes = (changes: readonly FaultChange[]): string[] =>
  [...changes].sort((a, b) => a.at - b.at || (a.cause < b.cause ? -1 : 1)).map(({ cause }) => cause);

/** A small estate in which much breaks, in the order of time; the same for the same seed. */
export function troubledEstate(
  seed: number,
  hours: number,
  start: number,
): { directory: Directory; readings: Reading[] } {
  const random = seededRandom(seed);
  const lamps = Array.from({ length: 6 }, (_, i) =>
    asset(`l${i}`, 'luminaire', { circuit: 'c1', gateway: 'g1', heartbeat_s: 600 }),
  );
  const bays = Array.from({ length: 4 }, (_, i) =>
    asset(`b${i}`, 'bay', {
      gateway: 'g1',
      heartbeat_s: 900,
      dwell_p999_h: 3,
      bay_class: i ? 'general' : 'fire_lane',
    }),
  );
  const pump = asset('p1', 'pump', { heartbeat_s: 60, gateway: 'g1' });
  const assets = [
    ...lamps,
    ...bays,
    pump,
    asset('c1', 'circuit'),
    asset('g1', 'gateway', { heartbeat_s: 300 }),
  ];
  const readings: Reading[] = [];
  const every = (
    of: Asset,
    minutes: number,
    values: (t: number) => Record<string, number> | undefined,
  ): void => {
    for (let t = start + random.int(60_000); t < start + hours * 3_600_000; t += minutes * 60_000) {
      const sample = values(t);
      if (sample) readings.push(reading(of, t, sample));
    }
  };
  const spell = (): ((t: number) => boolean) => {
    const from = start + random.next() * hours * 3_600_000;
    const to = from + random.next() * 6 * 3_600_000;
    return (t) => t >= from && t < to;
  };
  const circuitDead = spell();
  for (const lamp of lamps) {
    const dead = spell();
    const burns = spell();
    const silent = spell();
    every(lamp, 5, (t) => {
      if (silent(t)) return undefined;
      return { power_w: dead(t) || circuitDead(t) ? 0.4 : burns(t) ? 58 : random.next() < 0.5 ? 58 : 30 };
    });
  }
  for (const bay of bays) {
    const stuck = spell();
    const silent = spell();
    every(bay, 10, (t) => {
      if (silent(t)) return undefined;
      return { occupied: stuck(t) ? 1 : random.int(2), battery_pct: random.int(60) };
    });
  }
  const dry = spell();
  const shakes = spell();
  every(pump, 1, (t) => {
    const running = random.next() < 0.7 ? 1 : 0;
    const vibration_mm_s = shakes(t) ? 4 + 4 * random.next() : 2;
    return {
      running,
      power_w: running * (dry(t) ? 900 : 3500),
      vibration_mm_s,
      run_h: t / 3.6e6 - start / 3.6e6,
    };
  });
  const offline = spell();
  every(assets.at(-1)!, 5, (t) => (offline(t) ? undefined : { uptime_s: 1 }));
  readings.sort((a, b) => a.ts - b.ts);
  return { directory: siteWith(assets), readings };
}

/** Feeds readings one after another, the clock following them, and then lets everything end. */
export function feed(engine: Engine, readings: readonly Reading[], end: number): FaultChange[] {
  const changes: FaultChange[] = [];
  for (const one of readings) changes.push(...engine.advance(one.received), ...engine.step(one));
  changes.push(...engine.advance(end));
  return changes;
}

export const freshEngine = (rules: RuleSet, directory: Directory, upSince: number): Engine =>
  createEngine({ rules, directory, upSince });
