import { LINE_CELLS } from '../language/arrange.ts';
import { SLOT_CELLS } from '../language/cells.ts';
import type { Lane } from '../language/rule.ts';
import type { WindowPlan } from './window-plan.ts';

/**
 * Cells to read so that a sample finds its memory near: one of each run of lines first, since finding the page
 * takes longest and can be done for many at once; then one of each other line.
 */
export interface Lines {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

function linesIn(cells: readonly number[]): Lines {
  const first: number[] = [];
  const second: number[] = [];
  const lines = [...new Set(cells.map((cell) => Math.floor(cell / LINE_CELLS)))].sort((a, b) => a - b);
  for (const [i, line] of lines.entries()) {
    (line - 1 === lines[i - 1] ? second : first).push(line * LINE_CELLS);
  }
  return { first: Int32Array.from(first), second: Int32Array.from(second) };
}

/** Panes that most windows of a sensor which speaks every few minutes have. */
const USUAL_PANES = 4;

export function linesOf({ layout, rules }: Lane, windows: readonly WindowPlan[], slot: number): Lines {
  const { metric, at } = layout.slots[slot]!;
  const cells = [at, at + SLOT_CELLS - 1];
  for (const [i, window] of layout.windows.entries()) {
    if (window.slot !== slot) continue;
    cells.push(window.at, ...window.totals.values());
    const { near, nearPanes, stride } = windows[i]!;
    const panes = Math.min(nearPanes, USUAL_PANES);
    for (let cell = near; cell < near + panes * stride; cell++) cells.push(cell);
  }
  for (const rule of rules) if (rule.metrics.includes(metric) || rule.everyReading) cells.push(rule.cell);
  return linesIn(cells);
}
