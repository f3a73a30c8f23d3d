import { HOUR_MS, MINUTE_MS } from '../../model/clock.ts';
import type { Block, Slice } from '../../rules/backtest/replay.ts';
import type { SeriesScan } from '../../store/series/contract.ts';
import type { Wanted } from './plan.ts';

export interface StoredReadings {
  readonly series: SeriesScan;
  readonly wanted: readonly Wanted[];
  readonly begin: number;
  readonly to: number;
}

/** Short, because how much the first slice brings is not known. */
const FIRST_SLICE_MS = 10 * MINUTE_MS;
const SHORTEST_SLICE_MS = MINUTE_MS;
const LONGEST_SLICE_MS = 7 * 24 * HOUR_MS;
/** Readings that are in memory together: enough that a query costs little, few enough to gather them in 10 ms. */
const SLICE_READINGS = 100_000;

/** How wide the next slice is, when this one brought so many readings. */
function nextWidth(width: number, readings: number): number {
  const grown = readings === 0 ? 4 : Math.min(4, SLICE_READINGS / readings);
  return Math.min(Math.max(Math.floor(width * grown), SHORTEST_SLICE_MS), LONGEST_SLICE_MS);
}

/** The store's readings in slices of about as many each, oldest first. */
export async function* storedSlices({ series, wanted, begin, to }: StoredReadings): AsyncGenerator<Slice> {
  let width = FIRST_SLICE_MS;
  for (let from = begin; from < to; ) {
    const until = Math.min(from + width, to);
    const blocks: Block[] = [];
    for (const { kind, metrics, signsOfLife } of wanted) {
      const query = { measurement: kind, fields: metrics, from, to: until, signsOfLife };
      blocks.push({ metrics, columns: await series.scan(query) });
    }
    yield { until, blocks };
    from = until;
    width = nextWidth(
      width,
      blocks.reduce((sum, { columns }) => sum + columns.ts.length, 0),
    );
  }
}
