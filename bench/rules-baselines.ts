import { Engine as JsonRulesEngine } from 'json-rules-engine';
import type { Directory } from '../model/directory.ts';
import type { Reading } from '../model/reading.ts';
import type { Load } from './rules-load.ts';

const MINUTE_MS = 60_000;

interface Watched {
  readonly old: boolean;
  readonly limit: number;
  readonly values: { ts: number; value: number }[];
  since: number;
  last: number;
  /** By rule: since when its condition holds (0 = it does not), and whether it fires. */
  readonly from: Float64Array;
  readonly firing: Uint8Array;
}

const HOLD_MS = [10, 60, 20, 30, 5, 15, 0].map((minutes) => minutes * MINUTE_MS);

/**
 * What an engineer would write by hand for the seven rules of a metric: newest values in objects, the ten minutes
 * before in an array, conditions as code. It knows no lateness, no stale values, no restart, and nobody is told.
 */
export function handWritten(directory: Directory): (reading: Reading) => number {
  const watched = new Map<string, Map<string, Watched>>();
  const attributes = new Map([...directory.assets()].map(({ id, attributes: of }) => [id, of]));
  const stateOf = (asset: string, metric: string): Watched => {
    const ofAsset = watched.get(asset) ?? new Map<string, Watched>();
    watched.set(asset, ofAsset);
    let state = ofAsset.get(metric);
    if (!state) {
      const of = attributes.get(asset)!;
      state = {
        old: of['model'] === 'old',
        limit: Number(of['starts_hourly_max']),
        values: [],
        since: 0,
        last: Number.NaN,
        from: new Float64Array(HOLD_MS.length),
        firing: new Uint8Array(HOLD_MS.length),
      };
      ofAsset.set(metric, state);
    }
    return state;
  };
  const when: readonly ((s: Watched, x: number, mean: number, t: number) => boolean)[] = [
    (_, x) => x > 0.9,
    (s, x) => x > s.limit,
    (_s, _x, mean) => mean > 0.8,
    (_, x, mean) => (mean < 0.2 && x < 0.3) || x > 0.99,
    (s, x) => x < 0.1 * s.limit,
    (s, x, mean) => (s.old && x > 0.65) || (x > 0.95 && x > 1.2 * mean),
    (s, _x, _mean, t) => t - s.since > 360 * MINUTE_MS,
  ];
  return ({ asset, ts, values }) => {
    let changes = 0;
    for (const metric in values) {
      const s = stateOf(asset, metric);
      const x = values[metric]!;
      if (x !== s.last) s.since = ts;
      s.last = x;
      s.values.push({ ts, value: x });
      while (s.values[0]!.ts <= ts - 10 * MINUTE_MS) s.values.shift();
      let sum = 0;
      for (const { value } of s.values) sum += value;
      const mean = sum / s.values.length;
      for (let i = 0; i < when.length; i++) {
        if (!when[i]!(s, x, mean, ts)) {
          changes += s.firing[i]!;
          s.from[i] = 0;
          s.firing[i] = 0;
          continue;
        }
        if (s.from[i] === 0) s.from[i] = ts;
        if (s.firing[i] === 0 && ts - s.from[i]! >= HOLD_MS[i]!) {
          s.firing[i] = 1;
          changes++;
        }
      }
    }
    return changes;
  };
}

/** The conditions that json-rules-engine can say: seven of one metric, its mean handed over as a fact. */
function jsonRules(): JsonRulesEngine {
  const engine = new JsonRulesEngine();
  const is = (fact: string, operator: string, value: number) => ({ fact, operator, value });
  const conditions = [
    { all: [is('value', 'greaterThan', 0.9)] },
    { all: [is('value', 'greaterThan', 0.97)] },
    { all: [is('mean', 'greaterThan', 0.8)] },
    {
      any: [
        { all: [is('mean', 'lessThan', 0.2), is('value', 'lessThan', 0.3)] },
        is('value', 'greaterThan', 0.99),
      ],
    },
    { all: [is('value', 'lessThan', 0.097)] },
    {
      any: [
        is('value', 'greaterThan', 0.95),
        { all: [is('old', 'equal', 1), is('value', 'greaterThan', 0.65)] },
      ],
    },
    { all: [is('unchanged_ms', 'greaterThan', 360 * MINUTE_MS)] },
  ];
  for (const [i, of] of conditions.entries()) engine.addRule({ conditions: of, event: { type: `rule${i}` } });
  return engine;
}

/** Samples a second of the hand-written code, after as many to warm up. */
export function timeHandWritten(directory: Directory, load: Load, samples: number, chunk: number): number {
  const step = handWritten(directory);
  let [ms, changes] = [0, 0];
  for (let done = 0; done < 2 * samples; done += chunk) {
    const readings = load.next(chunk);
    const begun = performance.now();
    for (const reading of readings) changes += step(reading);
    if (done >= samples) ms += performance.now() - begun;
  }
  return changes < 0 ? Number.NaN : Math.round((samples / ms) * 1000);
}

/** Samples a second of json-rules-engine: seven rules each, no state at all. */
export async function timeJsonRules(load: Load, samples: number): Promise<number> {
  const engine = jsonRules();
  const run = async (readings: readonly Reading[]): Promise<number> => {
    const begun = performance.now();
    for (const { values } of readings) {
      const value = Object.values(values)[0]!;
      await engine.run({ value, mean: 0.5, old: 0, unchanged_ms: 0 });
    }
    return performance.now() - begun;
  };
  await run(load.next(samples / 4));
  return Math.round((samples / (await run(load.next(samples)))) * 1000);
}
