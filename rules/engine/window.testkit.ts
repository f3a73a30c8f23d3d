import { PANE_COUNT, TOTALS, type Total } from '../language/cells.ts';
import { newLayout, slotIn, totalIn, windowIn } from '../language/layout.ts';
import { createShare } from '../language/shared-code.ts';
import { testMemory } from './memory.testkit.ts';
import { WINDOW_SCOPE, windowOf, windowSlope } from './window.ts';
import { planWindows } from './window-plan.ts';

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
  const m = testMemory(stride);
  const { add } = windowOf(plan, createShare(WINDOW_SCOPE));
  return {
    add: (ts, value) => add(m, plan, ts, value),
    total: (total) => m.v[m.o + cells.get(total)!]!,
    slope: () => windowSlope(m, plan),
    panes: () => m.v[m.o + plan.at + PANE_COUNT]!,
  };
}
