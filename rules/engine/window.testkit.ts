import { OWN_PAST } from '../detect/own-past.ts';
import { newLayout, PANE_COUNT, slotIn, TOTALS, type Total, totalIn, windowIn } from '../language/layout.ts';
import { type Memory, newPages, select } from './memory.ts';
import { addToWindow, planWindows, windowSlope } from './window.ts';

/** One window of one asset with all that a window can keep. */
export interface TestWindow {
  add(ts: number, value: number): void;
  total(total: Total): number;
  slope(): number;
  panes(): number;
}

export function testWindow(width_ms: number): TestWindow {
  const layout = newLayout();
  const window = layout.windows[windowIn(layout, slotIn(layout, 'power_w'), width_ms)]!;
  const cells = new Map(TOTALS.map((total) => [total, totalIn(layout, window, total)]));
  window.slope = true;
  const { windows, stride } = planWindows(layout);
  const plan = windows[0]!;
  const m: Memory = {
    v: new Float64Array(),
    o: 0,
    wake: 0,
    stale: 0,
    timelines: [],
    afterListening: (from, ms) => from + ms,
    asset: () => {
      throw new Error('a window does not ask for its asset');
    },
    total: () => Number.NaN,
    peers: () => Number.NaN,
    own: OWN_PAST,
    slope: () => windowSlope(m, plan),
    pages: newPages(1, stride),
    stride,
    place: 0,
    page: 0,
    beforeChange: undefined,
  };
  select(m, 0);
  return {
    add: (ts, value) => addToWindow(m, plan, ts, value),
    total: (total) => m.v[m.o + cells.get(total)!]!,
    slope: () => windowSlope(m, plan),
    panes: () => m.v[m.o + plan.at + PANE_COUNT]!,
  };
}
