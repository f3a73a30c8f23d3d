import type { Kind } from '../../model/kinds.ts';
import { assemble } from '../language/assemble.ts';
import { LAST_SEEN, PANES, WAITING } from '../language/cells.ts';
import type { Evaluate } from '../language/context.ts';
import type { PeerGroup } from '../language/layout.ts';
import type { Lane } from '../language/rule.ts';
import { createShare } from '../language/shared-code.ts';
import { type Lines, linesOf } from './lines.ts';
import { type PlannedRule, planRule, type Touched, touchedIn } from './touched.ts';
import { WINDOW_SCOPE, type Window, windowOf } from './window.ts';
import { planWindows } from './window-plan.ts';

/** What is looked up for every asset of a lane. */
export interface LanePlan {
  readonly lane: Lane;
  readonly slots: ReadonlyMap<string, number>;
  /** By slot: where its cells begin, and its bit in a set of slots. */
  readonly slotCells: Int32Array;
  readonly slotBits: Float64Array;
  readonly windows: readonly Window[];
  /** Cells of one asset. */
  readonly stride: number;
  readonly windowsOfSlot: readonly (readonly Window[])[];
  /** What every reading needs, and by slot what a sample of it does, blocks left out. */
  readonly ownLines: Int32Array;
  readonly linesOfSlot: readonly Lines[];
  /** By slot: the cells that say where the panes of its windows are, of those that need a block. */
  readonly panesOfSlot: readonly Int32Array[];
  /** What is asked of neighbours, by its place in the layout. */
  readonly peers: readonly { readonly kind: Kind; readonly by: PeerGroup; readonly run: Evaluate }[];
  readonly rules: readonly PlannedRule[];
  /** What a reading with these slots touches. */
  touched(slots: number): Touched;
}

const known = new WeakMap<Lane, LanePlan>();

function makePlan(lane: Lane): LanePlan {
  const { layout, rules } = lane;
  const { windows: plans, stride } = planWindows(layout);
  const share = createShare(WINDOW_SCOPE);
  const windows = plans.map((plan) => windowOf(plan, share));
  const planned = rules.map(planRule);
  return {
    lane,
    slots: new Map(layout.slots.map(({ metric }, slot) => [metric, slot])),
    slotCells: Int32Array.from(layout.slots, ({ at }) => at),
    // Doubles are exact for as many metrics as no kind will ever have, 53.
    slotBits: Float64Array.from(layout.slots, (_, slot) => 2 ** slot),
    windows,
    stride,
    windowsOfSlot: layout.slots.map((_, slot) => windows.filter((_w, i) => layout.windows[i]!.slot === slot)),
    ownLines:
      lane.lateness_ms > 0 || lane.ordered ? Int32Array.of(LAST_SEEN, WAITING) : Int32Array.of(LAST_SEEN),
    linesOfSlot: layout.slots.map((_, slot) => linesOf(lane, plans, slot)),
    panesOfSlot: layout.slots.map((_, slot) =>
      Int32Array.from(
        plans.flatMap(({ at, nearPanes }, i) =>
          layout.windows[i]!.slot === slot && nearPanes === 0 ? [at + PANES] : [],
        ),
      ),
    ),
    peers: layout.peers.map(({ kind, by, code }) => ({ kind, by, run: assemble(code) })),
    rules: planned,
    touched: touchedIn(lane, planned),
  };
}

/** The plan of a lane, which must be complete; the same for all engines. */
export function planOf(lane: Lane): LanePlan {
  const plan = known.get(lane) ?? makePlan(lane);
  known.set(lane, plan);
  return plan;
}
