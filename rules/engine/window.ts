import { MINUTE_MS } from '../../model/clock.ts';
import { type Layout, PANE_COUNT, PANES, type Total, type WindowPlace } from '../language/layout.ts';
import { give, type Memory, take } from './memory.ts';
import { roomIn } from './page.ts';
import { beginPane, fieldsOf, foldIntoPane, type PaneFields } from './pane.ts';
import { slopeOf, TOTAL_AFTER, TOTAL_OF } from './totals.ts';

/** A window is kept as at most this many panes (and two): its far edge is exact to 1/128 of its width. */
const MOST_PANES = 128;
/**
 * Panes of a short window have room for so many right behind the cells of the asset, where a sample finds them without
 * a second wait for memory. A sensor that speaks every few minutes needs no more; who speaks more often has a block.
 */
const NEAR_PANES = 4;
const SHORT_MS = 15 * MINUTE_MS;

/** How a window of a lane lies in memory. */
export interface WindowPlan {
  /** Its first cell: see layout.ts. */
  readonly at: number;
  readonly width_ms: number;
  readonly pane_ms: number;
  /** The first cell of the room for panes behind the asset's cells, and how many panes that is. */
  readonly near: number;
  readonly nearPanes: number;
  /** Fields of a pane, and how many. */
  readonly fields: PaneFields;
  readonly stride: number;
  readonly totals: readonly {
    readonly cell: number;
    readonly count: (typeof TOTAL_OF)[Total];
    readonly after: (typeof TOTAL_AFTER)[Total];
  }[];
}

function planWindow(window: WindowPlace, near: number): WindowPlan {
  return {
    at: window.at,
    width_ms: window.width_ms,
    pane_ms: Math.max(1, Math.floor(window.width_ms / MOST_PANES)),
    near,
    nearPanes: window.width_ms <= SHORT_MS ? NEAR_PANES : 0,
    ...fieldsOf(window),
    totals: [...window.totals].map(([total, cell]) => ({
      cell,
      count: TOTAL_OF[total],
      after: TOTAL_AFTER[total],
    })),
  };
}

/** The windows of a complete layout, and how many cells an asset has with the room for panes behind them. */
export function planWindows({ windows, size }: Layout): {
  readonly windows: readonly WindowPlan[];
  readonly stride: number;
} {
  let stride = size;
  const planned = windows.map((window) => {
    const plan = planWindow(window, stride);
    stride += plan.nearPanes * plan.stride;
    return plan;
  });
  return { windows: planned, stride };
}

/**
 * Forgets panes whose samples have left the window that ends at `ts`; answers how many are left. Those that fit near
 * the asset again, with one more, return there.
 */
function dropOld(m: Memory, h: number, window: WindowPlan, ts: number): number {
  const { v, o } = m;
  const { stride, width_ms, near, nearPanes } = window;
  const count = v[h + PANE_COUNT]!;
  const block = v[h + PANES]!;
  let old = 0;
  while (old < count && v[block + old * stride]! <= ts - width_ms) old++;
  if (old === 0) return count;
  const from = block + old * stride;
  const cells = (count - old) * stride;
  const into = count - old < nearPanes ? o + near : block;
  for (let i = 0; i < cells; i++) v[into + i] = v[from + i]!;
  if (into !== block) {
    v[h + PANES] = into;
    give(m, block);
  }
  return count - old;
}

/** Where the panes of the asset in hand begin, with room for one more: most windows hold few samples. */
function makeRoom(m: Memory, h: number, { stride, near, nearPanes }: WindowPlan, count: number): number {
  const { v, o } = m;
  const block = v[h + PANES]!;
  const isNear = block === 0 || block === o + near;
  if (isNear && count < nearPanes) {
    v[h + PANES] = o + near;
    return o + near;
  }
  if (!isNear && (count + 1) * stride <= roomIn(v, block)) return block;
  const larger = take(m, Math.max(count + 1, Math.ceil(1.4 * count)) * stride);
  if (block > 0) {
    m.v.copyWithin(larger, block, block + count * stride);
    if (!isNear) give(m, block);
  }
  m.v[h + PANES] = larger;
  return larger;
}

/** Room for so many panes of the asset in hand, which has none. */
export function beginPanes(m: Memory, { at, stride, near, nearPanes }: WindowPlan, count: number): number {
  const block = count <= nearPanes ? m.o + near : take(m, count * stride);
  m.v[m.o + at + PANES] = block;
  m.v[m.o + at + PANE_COUNT] = count;
  return block;
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
  const count = before > 0 ? dropOld(m, h, window, ts) : 0;
  const newest = m.v[h + PANES]! + (count - 1) * stride;
  const last = count > 0 && fields.last >= 0 ? m.v[newest + fields.last]! : Number.NaN;
  if (count > 0 && Math.floor(m.v[newest]! / pane_ms) === Math.floor(ts / pane_ms)) {
    foldIntoPane(m.v, newest, fields, ts, value);
    m.v[h + PANE_COUNT] = count;
  } else {
    const block = makeRoom(m, h, window, count);
    beginPane(m.v, block + count * stride, fields, ts, value);
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
