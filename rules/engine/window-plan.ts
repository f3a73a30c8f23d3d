import type { Total } from '../language/cells.ts';
import type { Layout, WindowPlace } from '../language/layout.ts';
import { fieldsOf, nearPanesOf, type PaneFields } from '../language/pane-fields.ts';

/** A window is kept as at most this many panes (and two): its far edge is exact to 1/128 of its width. */
const MOST_PANES = 128;

/** How a window of a lane lies in memory. */
export interface WindowPlan {
  /** Its first cell: see layout.ts. */
  readonly at: number;
  readonly width_ms: number;
  readonly pane_ms: number;
  /** The first cell of the room for panes among the asset's cells, and how many panes that is. */
  readonly near: number;
  readonly nearPanes: number;
  /** Fields of a pane, and how many. */
  readonly fields: PaneFields;
  readonly stride: number;
  /** By total: its cell. */
  readonly totals: ReadonlyMap<Total, number>;
}

function planWindow(window: WindowPlace, near: number): WindowPlan {
  return {
    at: window.at,
    width_ms: window.width_ms,
    pane_ms: Math.max(1, Math.floor(window.width_ms / MOST_PANES)),
    near,
    nearPanes: nearPanesOf(window),
    ...fieldsOf(window),
    totals: window.totals,
  };
}

/** The windows of a complete layout, and how many cells an asset has with the room for panes. */
export function planWindows({ windows, size, places }: Layout): {
  readonly windows: readonly WindowPlan[];
  readonly stride: number;
} {
  let stride = size;
  const planned = windows.map((window, i) => {
    const plan = planWindow(window, places?.near[i] ?? stride);
    if (!places) stride += plan.nearPanes * plan.stride;
    return plan;
  });
  return { windows: planned, stride };
}
