import { PANE_COUNT, PANES } from '../language/cells.ts';
import { blocksOf, give, type Memory, take } from './memory.ts';
import { roomIn } from './page.ts';
import type { WindowPlan } from './window-plan.ts';

/**
 * Where panes of the asset in hand lie: the array, and the place of the first in it. `block` is what PANES says: 0 when they
 * lie near, among the asset's cells.
 */
export const arrayOf = (m: Memory, block: number): Float64Array => (block === 0 ? m.v : blocksOf(m));
export const firstOf = (m: Memory, block: number, { near }: WindowPlan): number =>
  block === 0 ? m.o + near : block;

/**
 * Forgets panes whose samples have left the window that ends at `ts`; answers how many are left. Those that fit near
 * the asset again, with one more, return there.
 */
export function dropOld(m: Memory, h: number, window: WindowPlan, ts: number): number {
  const { v } = m;
  const { stride, width_ms, near, nearPanes } = window;
  const count = v[h + PANE_COUNT]!;
  const block = v[h + PANES]!;
  const a = arrayOf(m, block);
  const p = firstOf(m, block, window);
  let old = 0;
  while (old < count && a[p + old * stride]! <= ts - width_ms) old++;
  if (old === 0) return count;
  const from = p + old * stride;
  const cells = (count - old) * stride;
  const returns = block > 0 && count - old < nearPanes;
  const into = returns ? m.o + near : p;
  const b = returns ? v : a;
  for (let i = 0; i < cells; i++) b[into + i] = a[from + i]!;
  if (returns) {
    v[h + PANES] = 0;
    give(m, block);
  }
  return count - old;
}

/** Makes room for one more pane of the asset in hand: most windows hold few samples. */
export function makeRoom(m: Memory, h: number, window: WindowPlan, count: number): void {
  const { v } = m;
  const { stride, nearPanes } = window;
  const block = v[h + PANES]!;
  if (block === 0 ? count < nearPanes : (count + 1) * stride <= roomIn(blocksOf(m), block)) return;
  const larger = take(m, Math.max(count + 1, Math.ceil(1.4 * count)) * stride);
  const from = firstOf(m, block, window);
  blocksOf(m).set(arrayOf(m, block).subarray(from, from + count * stride), larger);
  if (block > 0) give(m, block);
  v[h + PANES] = larger;
}

/** Room for so many panes of the asset in hand, which has none: the array, and where in it. */
export function beginPanes(
  m: Memory,
  window: WindowPlan,
  count: number,
): { readonly array: Float64Array; readonly first: number } {
  const block = count <= window.nearPanes ? 0 : take(m, count * window.stride);
  m.v[m.o + window.at + PANES] = block;
  m.v[m.o + window.at + PANE_COUNT] = count;
  return { array: arrayOf(m, block), first: firstOf(m, block, window) };
}
