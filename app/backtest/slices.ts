import { HOUR_MS, MINUTE_MS } from '../../model/clock.ts';
import type { Kind } from '../../model/kinds.ts';
import type { Block, Slice } from '../../rules/backtest/replay.ts';
import type { RuleSet } from '../../rules/language/rule.ts';
import type { SeriesScan } from '../../store/series/contract.ts';

export interface StoredReadings {
  readonly series: SeriesScan;
  /** What is read is what these rules look at. */
  readonly rules: readonly RuleSet[];
  readonly begin: number;
  readonly to: number;
}

/** Short, because how much the first slice brings is not known. */
const FIRST_SLICE_MS = 10 * MINUTE_MS;
const SHORTEST_SLICE_MS = MINUTE_MS;
const LONGEST_SLICE_MS = 7 * 24 * HOUR_MS;
/** Readings that are in memory together: enough that a query costs little, few enough to gather them in 10 ms. */
const SLICE_READINGS = 100_000;

interface Wanted {
  readonly kind: Kind;
  readonly metrics: readonly string[];
  readonly signsOfLife: boolean;
}

/** What the rules look at, by kind. */
function wantedOf(rules: readonly RuleSet[]): readonly Wanted[] {
  const lanes = rules.flatMap((set) => set.lanes).filter((lane) => lane.rules.length > 0);
  return [...new Set(lanes.map((lane) => lane.kind))].map((kind) => {
    const ofKind = lanes.filter((lane) => lane.kind === kind);
    return {
      kind,
      metrics: [...new Set(ofKind.flatMap((lane) => lane.layout.slots.map(({ metric }) => metric)))],
      signsOfLife: ofKind.some((lane) => lane.rules.some((rule) => rule.everyReading)),
    };
  });
}

/** How wide the next slice is, when this one brought so many readings. */
function nextWidth(width: number, readings: number): number {
  const grown = readings === 0 ? 4 : Math.min(4, SLICE_READINGS / readings);
  return Math.min(Math.max(Math.floor(width * grown), SHORTEST_SLICE_MS), LONGEST_SLICE_MS);
}

/** The store's readings in slices of about as many each, oldest first. */
export async function* storedSlices({ series, rules, begin, to }: StoredReadings): AsyncGenerator<Slice> {
  const wanted = wantedOf(rules);
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
