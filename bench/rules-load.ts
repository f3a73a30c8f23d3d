import { type Directory, directoryOf } from '../model/directory.ts';
import { seededRandom } from '../model/random.ts';
import type { Reading } from '../model/reading.ts';
import type { Asset } from '../model/site.ts';
import { RULES_OF_A_METRIC, SUBJECTS, type Subject } from './rules-text.ts';

export const START = Date.parse('2026-03-01T00:00:00Z');
/** Every asset tells each of its metrics so often, on average. */
export const EVERY_MS = 300_000;
const ZONES = 100;

/** Metrics all of whose rules are in the set: their samples touch seven rules each. */
export function subjectsOf(rules: number): readonly Subject[] {
  return SUBJECTS.slice(0, Math.max(1, Math.floor(rules / RULES_OF_A_METRIC)));
}

/** V8 keeps a text of more than 12 letters that was joined as its parts; who decodes readings has it in one piece. */
const inOnePiece = (text: string): string => Buffer.from(text).toString('latin1');

/** Assets of the kinds that the subjects have, in turn. */
export function fleetDirectory(count: number, subjects: readonly Subject[]): Directory {
  const kinds = [...new Set(subjects.map(({ kind }) => kind))];
  const assets = Array.from({ length: count }, (_, i): Asset => {
    const kind = kinds[i % kinds.length]!;
    return {
      id: inOnePiece(`${kind}-${i}`),
      kind,
      site: 'estate',
      zone: `zone-${i % ZONES}`,
      name: `Asset ${i}`,
      x_m: i % 1000,
      y_m: Math.floor(i / 1000),
      circuit: '',
      gateway: '',
      attributes: {
        model: i % 10 === 0 ? 'old' : 'new',
        heartbeat_s: EVERY_MS / 1000,
        starts_hourly_max: 0.97,
        cycling_starts: 0.97,
      },
    };
  });
  return directoryOf([
    {
      id: 'estate',
      name: 'Estate',
      tz: 'Europe/London',
      lat: 51.5,
      lon: -0.1,
      plan: { width_m: 1000, height_m: 1000 },
      lighting: { offset_min: 30, level_pct: 100, steps: [] },
      zones: Array.from({ length: ZONES }, (_, i) => ({
        id: `zone-${i}`,
        name: `Zone ${i}`,
        steward: 'steward',
        staff: {},
        outline: [],
      })),
      people: [],
      assets,
    },
  ]);
}

/** Readings of one metric each, of assets drawn at random, evenly in event time. Same seed, same readings. */
export interface Load {
  /** The next `count` readings. */
  next(count: number): Reading[];
  /** Event time of the last. */
  now(): number;
}

export function createLoad(directory: Directory, subjects: readonly Subject[], seed: number): Load {
  const random = seededRandom(seed);
  const assets = [...directory.assets()];
  const metricsOf = new Map<string, string[]>();
  for (const { kind, metric } of subjects) metricsOf.set(kind, [...(metricsOf.get(kind) ?? []), metric]);
  const perAsset = Math.max(...[...metricsOf.values()].map(({ length }) => length));
  const gap_ms = EVERY_MS / (assets.length * perAsset);
  let t = START;
  // Healthy but for one sample in 200; one asset in 1,000 stays ill, which is what rules fire for.
  const sampleValue = (place: number): number => {
    if (place % 1000 === 999) return 0.95 + 0.04 * random.next();
    return random.next() < 0.005 ? random.next() : 0.4 + 0.2 * random.next();
  };
  return {
    next: (count) =>
      Array.from({ length: count }, () => {
        t += gap_ms;
        const place = random.int(assets.length);
        const { site, zone, kind, id } = assets[place]!;
        const metrics = metricsOf.get(kind)!;
        const ts = Math.floor(t);
        const values = { [metrics[random.int(metrics.length)]!]: sampleValue(place) };
        return { site, zone, kind, asset: id, ts, received: ts, values, message: '' };
      }),
    now: () => Math.floor(t),
  };
}
