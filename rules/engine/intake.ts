import type { Kind } from '../../model/kinds.ts';
import type { Reading } from '../../model/reading.ts';
import { createBatch } from './batch.ts';
import type { LaneState } from './lane-state.ts';
import { newSamples, type Samples } from './waiting.ts';
import type { Watcher } from './watcher.ts';

/** Readings that are looked up together. */
const TOGETHER = 32;
const UNKNOWN = -1;

/** The lanes that hear the assets of a kind, and the place of each asset among those of its kind. */
export interface Watched {
  /** `first`: place in the lane of the first asset of the kind. */
  readonly lanes: readonly { readonly lane: LaneState; readonly first: number }[];
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Readings of one asset, the oldest first, as they lie in columns: rows `from` to before `to`. All came on time,
 * and none of the asset from before them is still to come.
 */
export interface AssetRows {
  readonly kind: Kind;
  readonly asset: string;
  readonly ts: Float64Array;
  readonly metrics: readonly string[];
  /** A column for each metric; NaN where a row has none. */
  readonly values: readonly Float64Array[];
  readonly from: number;
  readonly to: number;
}

/** Finds whom readings are about, and hands them over in batches. */
export interface Intake {
  stepAll(readings: readonly Reading[]): void;
  stepRows(rows: AssetRows): void;
}

/** Takes a row in hand. `slots`: of each column, or unknown to the lane. */
function takeRow(samples: Samples, { values }: AssetRows, slots: readonly number[], row: number): void {
  samples.count = 0;
  for (let i = 0; i < slots.length; i++) {
    const value = values[i]![row]!;
    if (slots[i] === UNKNOWN || Number.isNaN(value)) continue;
    samples.slots[samples.count] = slots[i]!;
    samples.values[samples.count++] = value;
  }
}

export function createIntake(
  kinds: ReadonlyMap<Kind, Watched>,
  { step, stepInOrder }: Pick<Watcher, 'step' | 'stepInOrder'>,
): Intake {
  const batch = createBatch();
  const places = new Int32Array(TOGETHER);
  // In a loop of its own: so short that the processor looks for several assets at once.
  const find = (readings: readonly Reading[], from: number, count: number): void => {
    let kind: Kind | undefined;
    let watched: Watched | undefined;
    for (let i = 0; i < count; i++) {
      const reading = readings[from + i]!;
      if (reading.kind !== kind) {
        kind = reading.kind;
        watched = kinds.get(kind);
      }
      places[i] = watched?.places.get(reading.asset) ?? UNKNOWN;
    }
  };
  return {
    stepRows: (rows) => {
      const watched = kinds.get(rows.kind);
      const place = watched?.places.get(rows.asset);
      if (place === undefined) return;
      const samples = newSamples(rows.metrics.length);
      for (const { lane, first } of watched!.lanes) {
        const slots = rows.metrics.map((metric) => lane.plan.slots.get(metric) ?? UNKNOWN);
        for (let row = rows.from; row < rows.to; row++) {
          takeRow(samples, rows, slots, row);
          stepInOrder(lane, first + place, rows.ts[row]!, samples);
        }
      }
    },
    stepAll: (readings) => {
      for (let from = 0; from < readings.length; from += TOGETHER) {
        const count = Math.min(TOGETHER, readings.length - from);
        find(readings, from, count);
        for (let i = 0; i < count; i++) {
          const place = places[i]!;
          if (place === UNKNOWN) continue;
          const reading = readings[from + i]!;
          for (const { lane, first } of kinds.get(reading.kind)!.lanes) {
            // One fast clock must not make the others late.
            if (reading.ts - reading.received <= lane.plan.lane.clock_skew_ms)
              batch.add(lane, first + place, reading);
          }
        }
        batch.run(step);
      }
    },
  };
}
