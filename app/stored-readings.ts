import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Directory } from '../model/directory.ts';
import type { Kind } from '../model/kinds.ts';
import { metricsOf } from '../model/metrics.ts';
import type { Reading } from '../model/reading.ts';
import type { Asset } from '../model/site.ts';
import type { Slice } from '../rules/backtest/replay.ts';
import type { RuleSet } from '../rules/language/rule.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import type { DuckdbScan, ScannedRow } from '../store/series/duckdb/scan.ts';

/**
 * What every asset of a kind measured in a span, each asset's rows in the order of time; with those that have none of
 * the fields when `silence` is in question.
 */
export type ReadKind = (
  kind: Kind,
  fields: readonly string[],
  from: number,
  to: number,
  silence: boolean,
) => Promise<readonly ScannedRow[]>;

export interface StoredReadings {
  readonly read: ReadKind;
  readonly directory: Directory;
  /** What is read is what these rules look at. */
  readonly rules: readonly RuleSet[];
  readonly begin: number;
  readonly to: number;
}

const FIRST_SLICE_MS = 6 * HOUR_MS;
const SHORTEST_SLICE_MS = 5 * MINUTE_MS;
const LONGEST_SLICE_MS = 7 * 24 * HOUR_MS;
/** Readings of one slice, which are in memory together: some 40 MB. */
const SLICE_READINGS = 200_000;
const QUERIES_AT_ONCE = 4;

export function readFromDuckdb(scan: DuckdbScan): ReadKind {
  return (kind, fields, from, to) => scan.rows(kind, fields, from, to);
}

/** Asset by asset, as the contract of every engine allows. */
export function readFromSeries(series: Pick<SeriesStore, 'window'>, directory: Directory): ReadKind {
  return async (kind, wanted, from, to, silence) => {
    // A window leaves out rows without any of its fields.
    const fields = silence ? [...metricsOf(kind).keys()] : wanted;
    const assets = [...directory.assets()].filter((asset) => asset.kind === kind);
    const rows: ScannedRow[] = [];
    const next = async (): Promise<void> => {
      for (let asset = assets.pop(); asset; asset = assets.pop()) {
        const { id } = asset;
        const found = await series.window({ measurement: kind, fields, where: { asset: id }, from, to });
        for (const { ts, values } of found) rows.push({ asset: id, ts, values });
      }
    };
    await Promise.all(Array.from({ length: QUERIES_AT_ONCE }, next));
    return rows;
  };
}

interface Wanted {
  readonly fields: readonly string[];
  readonly silence: boolean;
}

/** What the rules look at, by kind. */
function wantedOf(rules: readonly RuleSet[]): ReadonlyMap<Kind, Wanted> {
  const lanes = rules.flatMap((set) => set.lanes).filter((lane) => lane.rules.length > 0);
  const kinds = new Set(lanes.map((lane) => lane.kind));
  const wanted = (kind: Kind): Wanted => {
    const ofKind = lanes.filter((lane) => lane.kind === kind);
    return {
      fields: [...new Set(ofKind.flatMap((lane) => lane.layout.slots.map(({ metric }) => metric)))],
      silence: ofKind.some((lane) => lane.rules.some((rule) => rule.everyReading)),
    };
  };
  return new Map([...kinds].map((kind) => [kind, wanted(kind)]));
}

function readingOf({ site, zone, kind }: Asset, { asset, ts, values }: ScannedRow): Reading {
  // When it had arrived is not stored: taken as on time.
  return { site, zone, kind, asset, ts, received: ts, values, message: '' };
}

/** The store's readings in slices of about as many each, oldest first. Assets that the sites lack are left out. */
export async function* storedReadings(options: StoredReadings): AsyncGenerator<Slice> {
  const { read, directory, rules, begin, to } = options;
  const kinds = wantedOf(rules);
  let width = FIRST_SLICE_MS;
  for (let from = begin; from < to; ) {
    const until = Math.min(from + width, to);
    const readings: Reading[] = [];
    for (const [kind, { fields, silence }] of kinds) {
      for (const row of await read(kind, fields, from, until, silence)) {
        const asset = directory.asset(row.asset);
        if (asset) readings.push(readingOf(asset, row));
      }
    }
    yield { until, readings };
    from = until;
    if (readings.length > SLICE_READINGS) width = Math.max(width / 2, SHORTEST_SLICE_MS);
    else if (readings.length < SLICE_READINGS / 4) width = Math.min(width * 2, LONGEST_SLICE_MS);
  }
}
