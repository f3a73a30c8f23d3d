import type { Reading } from '../model/reading.ts';
import type { LatestRow } from '../store/series/contract.ts';

/** A metric's newest value and when it was measured, epoch milliseconds. */
export interface LatestValue {
  readonly value: number;
  readonly ts: number;
}

/** What became newer by one reading. */
export interface LatestChange {
  readonly asset: string;
  readonly values: Readonly<Record<string, LatestValue>>;
}

/** The newest value of every metric of every asset, in memory: what pages and signs show. */
export interface LatestValues {
  /** A late reading never replaces a newer value; a repeated one changes nothing. */
  put(reading: Pick<Reading, 'asset' | 'ts' | 'values'>): void;
  /** What the series engine knew before this process began. */
  seed(rows: readonly LatestRow[]): void;
  /** By metric; empty when the asset was never heard. */
  of(asset: string): ReadonlyMap<string, LatestValue>;
  /** Time of the asset's newest reading, epoch milliseconds. */
  seen(asset: string): number | undefined;
  /** Told of every change from now on, until the function that it returns is called. */
  onChange(listener: (change: LatestChange) => void): () => void;
}

interface Entry {
  seen: number;
  readonly values: Map<string, LatestValue>;
}

const NOTHING: ReadonlyMap<string, LatestValue> = new Map();

export function createLatestValues(): LatestValues {
  const entries = new Map<string, Entry>();
  const listeners = new Set<(change: LatestChange) => void>();

  const merge = (asset: string, values: Readonly<Record<string, LatestValue>>): void => {
    let entry = entries.get(asset);
    if (!entry) {
      entry = { seen: Number.NEGATIVE_INFINITY, values: new Map() };
      entries.set(asset, entry);
    }
    const newer: Record<string, LatestValue> = {};
    let changed = false;
    for (const [metric, latest] of Object.entries(values)) {
      entry.seen = Math.max(entry.seen, latest.ts);
      const known = entry.values.get(metric);
      if (known && (known.ts > latest.ts || (known.ts === latest.ts && known.value === latest.value)))
        continue;
      entry.values.set(metric, latest);
      newer[metric] = latest;
      changed = true;
    }
    if (changed) for (const listener of listeners) listener({ asset, values: newer });
  };

  return {
    put: ({ asset, ts, values }) => {
      const latest: Record<string, LatestValue> = {};
      for (const [metric, value] of Object.entries(values)) latest[metric] = { value, ts };
      merge(asset, latest);
    },
    seed: (rows) => {
      for (const row of rows) merge(row.asset, row.values);
    },
    of: (asset) => entries.get(asset)?.values ?? NOTHING,
    seen: (asset) => entries.get(asset)?.seen,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
