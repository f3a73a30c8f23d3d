import type { FaultChange } from '../../model/fault.ts';
import { APPLIED } from '../language/cells.ts';
import { faultKey, type LaneState } from './lane-state.ts';
import { evaluate } from './machine.ts';
import { blocksOf, give, take } from './memory.ts';
import {
  AHEAD,
  beginRow,
  isAtRest,
  KEPT_LOOKED,
  keep,
  LOOKED,
  ROW_CELLS,
  takeBack,
  WAKE,
} from './progress.ts';

/** Told for each change of a rule on the asset in hand, in the order of its event time for that asset. */
export type Hear = (
  state: LaneState,
  rule: number,
  row: number,
  type: FaultChange['type'],
  t: number,
) => void;

/**
 * One rule and the asset in hand. A rule at rest, as nearly all are, takes one cell: when to look at it again. Where
 * more is to be remembered the cell holds, negative, where the row with the rule's progress begins.
 */
export interface RuleStep {
  /** Looks because of a sample at `ts`, which is stored and ends the rule's rest. Answers when to look again. */
  bySample(state: LaneState, rule: number, ts: number): number;
  /** Takes back what the clock alone brought after `ts`, then looks as often as it is due before. */
  before(state: LaneState, rule: number, ts: number): void;
  /** Looks as often as it is due before `limit`. Answers when to look again. */
  byClock(state: LaneState, rule: number, limit: number): number;
}

export function createRuleStep(hear: Hear): RuleStep {
  /** What the rule does now is at row `p` from here on. */
  const begin = ({ m }: LaneState, cell: number, wake: number): number => {
    const p = take(m, ROW_CELLS);
    beginRow(blocksOf(m), p, wake);
    m.v[cell] = -p;
    return p;
  };
  const look = (state: LaneState, rule: number, p: number, t: number, bySample: boolean): number => {
    const { m, plan } = state;
    const { rule: compiled } = plan.rules[rule]!;
    const r = blocksOf(m);
    if (!bySample && r[p + AHEAD] === 0) keep(r, p);
    let told = false;
    evaluate(compiled, m, r, p, t, (type, at) => {
      told = true;
      hear(state, rule, p, type, at);
    });
    const { v, o } = m;
    const ahead = !bySample && !told;
    r[p + AHEAD] = Number(ahead);
    if (ahead) return r[p + WAKE]!;
    if (isAtRest(r, p, compiled.flapping.within_ms) && r[p + LOOKED]! <= v[o + APPLIED]!) {
      const wake = compiled.unknown === 'fire' ? Math.min(m.wake, m.stale) : m.wake;
      v[o + compiled.cell] = wake;
      give(m, p);
      state.faults.delete(faultKey(state, rule));
      return wake;
    }
    return r[p + WAKE]!;
  };
  const byClock = (state: LaneState, rule: number, limit: number): number => {
    const { m, plan } = state;
    const { rule: compiled, rest } = plan.rules[rule]!;
    const cell = m.o + compiled.cell;
    for (;;) {
      const at = m.v[cell]!;
      if (at < 0) {
        const due = blocksOf(m)[WAKE - at]!;
        if (due >= limit) return due;
        look(state, rule, -at, due, false);
      } else {
        if (at >= limit) return at;
        const next = rest(m, at);
        if (next >= 0) m.v[cell] = next;
        else look(state, rule, begin(state, cell, at), at, false);
      }
    }
  };
  return {
    byClock,
    before: (state, rule, ts) => {
      const { m, plan } = state;
      const at = m.v[m.o + plan.rules[rule]!.rule.cell]!;
      if (at < 0) {
        const r = blocksOf(m);
        if (r[AHEAD - at] === 1 && r[KEPT_LOOKED - at]! <= ts) takeBack(r, -at);
      }
      byClock(state, rule, ts);
    },
    bySample: (state, rule, ts) => {
      const { m, plan } = state;
      const cell = m.o + plan.rules[rule]!.rule.cell;
      const at = m.v[cell]!;
      if (at >= 0) return look(state, rule, begin(state, cell, at), ts, true);
      return look(state, rule, -at, Math.max(ts, blocksOf(m)[LOOKED - at]!), true);
    },
  };
}
