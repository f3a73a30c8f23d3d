import { assemble, assembleRest } from '../language/assemble.ts';
import type { Evaluate } from '../language/context.ts';
import type { CompiledRule, Lane } from '../language/rule.ts';
import { planWindow, type WindowPlan } from './window.ts';

/** A rule of a lane, and whether it may stay at rest (see assembleRest). */
export interface PlannedRule {
  readonly rule: CompiledRule;
  readonly rest: Evaluate;
}

/** What samples of certain metrics can change: rules by their place, and cells of their own. */
export interface Touched {
  readonly rules: Int32Array;
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
  readonly windowsOfSlot: readonly (readonly WindowPlan[])[];
  readonly rules: readonly PlannedRule[];
  /** What a reading with these slots touches; each set is thought about once. */
  touched(slots: number): Touched;
}

function planRule(rule: CompiledRule): PlannedRule {
  const conditions = [{ code: rule.when.code, unknownFires: rule.unknown === 'fire' }];
  if (rule.urgent) conditions.push({ code: rule.urgent.when.code, unknownFires: false });
  return { rule, rest: assembleRest(conditions) };
}

function touchedIn({ layout, rules }: Lane): LanePlan['touched'] {
  const updates = layout.own.map(({ metrics, update }) => ({ metrics, run: assemble(update) }));
  const known = new Map<number, Touched>();
  return (slots) => {
    let touched = known.get(slots);
    if (!touched) {
      const metrics = layout.slots.flatMap(({ metric }, i) =>
        Math.floor(slots / 2 ** i) % 2 === 1 ? [metric] : [],
      );
      const isTouched = (names: readonly string[]): boolean => names.some((name) => metrics.includes(name));
      touched = {
        rules: Int32Array.from(
          rules.flatMap((rule, i) => (rule.everyReading || isTouched(rule.metrics) ? [i] : [])),
        ),
        updates: updates.flatMap(({ metrics: names, run }) => (isTouched(names) ? [run] : [])),
      };
      known.set(slots, touched);
    }
    return touched;
  };
}

const plans = new WeakMap<Lane, LanePlan>();

function makePlan(lane: Lane): LanePlan {
  const { layout, rules } = lane;
  const windows = layout.windows.map(planWindow);
  return {
    lane,
    slots: new Map(layout.slots.map(({ metric }, slot) => [metric, slot])),
    slotCells: Int32Array.from(layout.slots, ({ at }) => at),
    // Doubles are exact for as many metrics as no kind will ever have, 53.
    slotBits: Float64Array.from(layout.slots, (_, slot) => 2 ** slot),
    windows,
    windowsOfSlot: layout.slots.map((_, slot) => windows.filter((_w, i) => layout.windows[i]!.slot === slot)),
    rules: rules.map(planRule),
    touched: touchedIn(lane),
  };
}

/** The plan of a lane, which must be complete; the same for all engines. */
export function planOf(lane: Lane): LanePlan {
  const plan = plans.get(lane) ?? makePlan(lane);
  plans.set(lane, plan);
  return plan;
}
