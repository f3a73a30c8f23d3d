import { PANE_COUNT, PANES, type Total, type WindowPlace } from '../language/layout.ts';
import { give, type Memory, take } from './memory.ts';
import { roomIn } from './page.ts';
import { beginPane, fieldsOf, foldIntoPane, type PaneFields } from './pane.ts';
import { slopeOf, TOTAL_AFTER, TOTAL_OF } from './totals.ts';

/** A window is kept as at most this many panes (and two): its far edge is exact to 1/128 of its width. */
const MOST_PANES = 128;

/** How a window of a lane lies in memory. */
export interface WindowPlan {
  /** Its first cell: see layout.ts. */
  readonly at: number;
  readonly width_ms: number;
  readonly pane_ms: number;
  /** Fields of a pane, and how many. */
  readonly fields: PaneFields;
  readonly stride: number;
  readonly totals: readonly {
    readonly cell: number;
    readonly count: (typeof TOTAL_OF)[Total];
    readonly after: (typeof TOTAL_AFTER)[Total];
  }[];
}

export function planWindow(window: WindowPlace): WindowPlan {
  return {
    at: window.at,
    width_ms: window.width_ms,
    pane_ms: Math.max(1, Math.floor(window.width_ms / MOST_PANES)),
    ...fieldsOf(window),
    totals: [...window.totals].map(([total, cell]) => ({
      cell,
      count: TOTAL_OF[total],
      after: TOTAL_AFTER[total],
    })),
  };
}

/** Forgets panes whose samples have left the window that ends at `ts`; answers how many are left. */
function dropOld(v: Float64Array, h: number, { stride, width_ms }: WindowPlan, ts: number): number {
  const count = v[h + PANE_COUNT]!;
  const block = v[h + PANES]!;
  let old = 0;
  while (old < count && v[block + old * stride]! <= ts - width_ms) old++;
  if (old === 0) return count;
  const from = block + old * stride;
  const cells = (count - old) * stride;
  for (let i = 0; i < cells; i++) v[block + i] = v[from + i]!;
  return count - old;
}

/** Room for one more pane: most windows hold few samples, so they begin small. */
function makeRoom(m: Memory, h: number, { stride }: WindowPlan, count: number): void {
  const block = m.v[h + PANES]!;
  if (block > 0 && (count + 1) * stride <= roomIn(m.v, block)) return;
  const larger = take(m, Math.max(count + 1, Math.ceil(1.4 * count)) * stride);
  const { v } = m;
  if (block > 0) {
    v.copyWithin(larger, block, block + count * stride);
    give(m, block);
  }
  v[h + PANES] = larger;
}

export function countTotals(v: Float64Array, o: number, window: WindowPlan): void {
  const h = o + window.at;
  const { totals } = window;
  for (let i = 0; i < totals.length; i++) {
    const { cell, count } = totals[i]!;
    v[o + cell] = count(v, v[h + PANES]!, v[h + PANE_COUNT]!, window);
  }
}

/** Takes a sample of the asset in hand. Samples come in the order of time; each time once. */
export function addToWindow(m: Memory, window: WindowPlan, ts: number, value: number): void {
  const { o } = m;
  const h = o + window.at;
  const { stride, fields, pane_ms } = window;
  const before = m.v[h + PANE_COUNT]!;
  const count = before > 0 ? dropOld(m.v, h, window, ts) : 0;
  const newest = m.v[h + PANES]! + (count - 1) * stride;
  const last = count > 0 && fields.last >= 0 ? m.v[newest + fields.last]! : Number.NaN;
  if (count > 0 && Math.floor(m.v[newest]! / pane_ms) === Math.floor(ts / pane_ms)) {
    foldIntoPane(m.v, newest, fields, ts, value);
    m.v[h + PANE_COUNT] = count;
  } else {
    makeRoom(m, h, window, count);
    beginPane(m.v, m.v[h + PANES]! + count * stride, fields, ts, value);
    m.v[h + PANE_COUNT] = count + 1;
  }
  const { v } = m;
  if (count < before || count === 0) {
    countTotals(v, o, window);
    return;
  }
  for (const { cell, after } of window.totals) v[o + cell] = after(v[o + cell]!, value, last);
}

export function windowSlope(m: Memory, window: WindowPlan): number {
  const h = m.o + window.at;
  const count = m.v[h + PANE_COUNT]!;
  return count > 0 ? slopeOf(m.v, m.v[h + PANES]!, count, window) : Number.NaN;
}
