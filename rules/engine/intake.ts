import type { Kind } from '../../model/kinds.ts';
import type { Reading } from '../../model/reading.ts';
import { type AssetIndex, UNKNOWN } from './asset-index.ts';
import { createBatch } from './batch.ts';
import type { LaneState } from './lane-state.ts';
import { newSamples, type Samples } from './waiting.ts';
import type { Watcher } from './watcher.ts';

/** Readings that are looked up together. */
const TOGETHER = 64;

/** The lanes that hear the assets of a kind, which are numbered from `from` to before `to`. */
export interface Watched {
  /** `first`: place in the lane of the first asset of the kind. */
  readonly lanes: readonly { readonly lane: LaneState; readonly first: number }[];
  readonly from: number;
  readonly to: number;
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
  index: AssetIndex,
  { step, stepInOrder }: Pick<Watcher, 'step' | 'stepInOrder'>,
): Intake {
  const batch = createBatch();
  const numbers = new Int32Array(TOGETHER);
  const add = (reading: Reading, number: number): void => {
    const watched = kinds.get(reading.kind);
    if (!watched || number < watched.from || number >= watched.to) return;
    for (const { lane, first } of watched.lanes) {
      // One fast clock must not make the others late.
      if (reading.ts - reading.received <= lane.plan.lane.clock_skew_ms)
        batch.add(lane, first + number - watched.from, reading);
    }
  };
  return {
    stepRows: (rows) => {
      const watched = kinds.get(rows.kind);
      const number = index.of(rows.asset);
      if (!watched || number < watched.from || number >= watched.to) return;
      const samples = newSamples(rows.metrics.length);
      for (const { lane, first } of watched.lanes) {
        const slots = rows.metrics.map((metric) => lane.plan.slots.get(metric) ?? UNKNOWN);
        for (let row = rows.from; row < rows.to; row++) {
          takeRow(samples, rows, slots, row);
          stepInOrder(lane, first + number - watched.from, rows.ts[row]!, samples);
        }
      }
    },
    stepAll: (readings) => {
      for (let from = 0; from < readings.length; from += TOGETHER) {
        const count = Math.min(TOGETHER, readings.length - from);
        index.ofEach(readings, from, count, numbers);
        for (let i = 0; i < count; i++) add(readings[from + i]!, numbers[i]!);
        batch.run(step);
      }
    },
  };
}
