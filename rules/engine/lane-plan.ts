import type { Kind } from '../../model/kinds.ts';
import { assemble, assembleRest } from '../language/assemble.ts';
import type { Evaluate } from '../language/context.ts';
import { PANES, type PeerGroup, SLOT_CELLS } from '../language/layout.ts';
import type { CompiledRule, Lane } from '../language/rule.ts';
import { planWindows, type WindowPlan } from './window.ts';

/** A rule of a lane, and whether it may stay at rest (see assembleRest). */
export interface PlannedRule {
  readonly rule: CompiledRule;
  readonly rest: Evaluate;
}

/** What samples of certain metrics can change: rules, side by side, and cells of their own. */
export interface Touched {
  readonly rules: Int32Array;
  readonly cells: Int32Array;
  readonly rests: readonly Evaluate[];
  readonly updates: readonly Evaluate[];
}

/** What is looked up for every asset of a lane. */
export interface LanePlan {
  readonly lane: Lane;
  readonly slots: ReadonlyMap<string, number>;
  /** By slot: where its cells begin, and its bit in a set of slots. */
  readonly slotCells: Int32Array;
  readonly slotBits: Float64Array;
  readonly windows: readonly WindowPlan[];
  /** Cells of one asset. */
  readonly stride: number;
  readonly windowsOfSlot: readonly (readonly WindowPlan[])[];
  /** By slot: a cell of every cache line that a sample of it reads or writes, blocks of panes left out. */
  readonly linesOfSlot: readonly Int32Array[];
  /** By slot: the cells that say where the panes of its windows are, of those that need a block. */
  readonly panesOfSlot: readonly Int32Array[];
  /** What is asked of neighbours, by its place in the layout. */
  readonly peers: readonly { readonly kind: Kind; readonly by: PeerGroup; readonly run: Evaluate }[];
  readonly rules: readonly PlannedRule[];
  /** What a reading with these slots touches; each set is thought about once. */
  touched(slots: number): Touched;
}

function planRule(rule: CompiledRule): PlannedRule {
  const conditions = [{ code: rule.when.code, unknownFires: rule.unknown === 'fire' }];
  if (rule.urgent) conditions.push({ code: rule.urgent.when.code, unknownFires: false });
  return { rule, rest: assembleRest(conditions) };
}

function touchedIn({ layout }: Lane, rules: readonly PlannedRule[]): LanePlan['touched'] {
  const updates = layout.own.map(({ metrics, update }) => ({ metrics, run: assemble(update) }));
  const known = new Map<number, Touched>();
  return (slots) => {
    let touched = known.get(slots);
    if (!touched) {
      const metrics = layout.slots.flatMap(({ metric }, i) =>
        Math.floor(slots / 2 ** i) % 2 === 1 ? [metric] : [],
      );
      const isTouched = (names: readonly string[]): boolean => names.some((name) => metrics.includes(name));
      const places = rules.flatMap(({ rule }, i) =>
        rule.everyReading || isTouched(rule.metrics) ? [i] : [],
      );
      touched = {
        rules: Int32Array.from(places),
        cells: Int32Array.from(places, (place) => rules[place]!.rule.cell),
        rests: places.map((place) => rules[place]!.rest),
        updates: updates.flatMap(({ metrics: names, run }) => (isTouched(names) ? [run] : [])),
      };
      known.set(slots, touched);
    }
    return touched;
  };
}

const LINE_CELLS = 8;

function linesOf({ layout, rules }: Lane, windows: readonly WindowPlan[], slot: number): Int32Array {
  const { metric, at } = layout.slots[slot]!;
  const cells = [at, at + SLOT_CELLS - 1];
  for (const [i, window] of layout.windows.entries()) {
    if (window.slot !== slot) continue;
    cells.push(window.at, ...window.totals.values());
    const { near, nearPanes, stride } = windows[i]!;
    for (let cell = near; cell < near + nearPanes * stride; cell++) cells.push(cell);
  }
  for (const rule of rules) if (rule.metrics.includes(metric) || rule.everyReading) cells.push(rule.cell);
  // The header and constants are in the first two. Lines of memory begin anywhere: cells this far apart miss none.
  const near = new Map(cells.map((cell) => [Math.floor(cell / LINE_CELLS), cell]));
  return Int32Array.from([0, LINE_CELLS, ...near.values()]);
}

const plans = new WeakMap<Lane, LanePlan>();

function makePlan(lane: Lane): LanePlan {
  const { layout, rules } = lane;
  const { windows, stride } = planWindows(layout);
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
    linesOfSlot: layout.slots.map((_, slot) => linesOf(lane, windows, slot)),
    panesOfSlot: layout.slots.map((_, slot) =>
      Int32Array.from(
        windows.flatMap(({ at, nearPanes }, i) =>
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
  const plan = plans.get(lane) ?? makePlan(lane);
  plans.set(lane, plan);
  return plan;
}
