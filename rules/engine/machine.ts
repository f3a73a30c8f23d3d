import type { FaultChange } from '../../model/fault.ts';
import type { Context } from '../language/context.ts';
import type { CompiledRule, UnknownPolicy } from '../language/rule.ts';
import { beginsToFlap, endFlapping, noteRelapse, quietFor } from './flapping.ts';
import { dueOf, isRunning, resetHold, updateHold } from './hold.ts';
import {
  CLEARED_AT,
  FIRING,
  HOLD,
  KEEP,
  LOOKED,
  PENDING,
  PHASE,
  QUIET,
  RAISED,
  RECOVERING,
  SINCE,
  URGENT,
  WAKE,
} from './progress.ts';
import { beginProof, isProved } from './proving.ts';

export type Tell = (type: FaultChange['type'], t: number) => void;

function byPolicy(truth: number, policy: UnknownPolicy, ifFire: number): number {
  if (!Number.isNaN(truth) || policy === 'hold') return truth;
  return policy === 'fire' ? ifFire : 1 - ifFire;
}

/** Whether the condition starts the fault; what clears it wins where a rule contradicts itself. */
function startTruth(rule: CompiledRule, c: Context, t: number): number {
  const truth = byPolicy(rule.when.run(c, t), rule.unknown, 1);
  if (rule.info.clear === null || (truth !== 1 && !rule.cumulative)) return truth;
  return rule.clear.run(c, t) === 1 ? 0 : truth;
}

/** What trembles about its limit goes on, once it has begun, until it is clearly over. */
function heldTruth(rule: CompiledRule, c: Context, hold: number, t: number): number {
  const truth = startTruth(rule, c, t);
  if (truth !== 0 || !rule.until_clear || !isRunning(c.v, hold)) return truth;
  return rule.clear.run(c, t) === 1 ? 0 : 1;
}

function runHold(rule: CompiledRule, c: Context, p: number, t: number): number {
  const { v } = c;
  const hold = p + HOLD;
  updateHold(v, hold, heldTruth(rule, c, hold, t), t, rule.cumulative);
  // Cumulative time ends where the asset is seen healthy.
  if (rule.cumulative && v[hold + 1]! < 0 && isRunning(v, hold) && rule.clear.run(c, t) === 1) {
    resetHold(v, hold);
  }
  return dueOf(v, hold, rule.for_ms);
}

function runUrgent({ urgent }: CompiledRule, c: Context, p: number, t: number): number {
  if (!urgent || c.v[p + RAISED] === 1) return Number.POSITIVE_INFINITY;
  updateHold(c.v, p + URGENT, urgent.when.run(c, t), t, false);
  return dueOf(c.v, p + URGENT, urgent.for_ms);
}

/** Answers when it is due to fire, if nothing changes; not later than t when it has fired. */
function watchQuiet(rule: CompiledRule, c: Context, p: number, t: number, tell: Tell): number {
  const { v } = c;
  const due = runHold(rule, c, p, t);
  const urgentDue = runUrgent(rule, c, p, t);
  if (due > t && urgentDue > t) {
    v[p + PHASE] = isRunning(v, p + HOLD) || isRunning(v, p + URGENT) ? PENDING : QUIET;
    return Math.min(due, urgentDue);
  }
  v[p + PHASE] = FIRING;
  v[p + SINCE] = t;
  v[p + RAISED] = Number(urgentDue <= t);
  v[p + CLEARED_AT] = -1;
  resetHold(v, p + HOLD);
  resetHold(v, p + KEEP);
  tell('firing', t);
  return t;
}

/** Answers when the next change is due, if nothing else changes. */
function watchFiring(rule: CompiledRule, c: Context, p: number, t: number, tell: Tell): number {
  const { v } = c;
  const urgentDue = runUrgent(rule, c, p, t);
  const raised = urgentDue <= t;
  if (raised) v[p + RAISED] = 1;
  const healthy = byPolicy(rule.clear.run(c, t), rule.unknown, 0);
  if (healthy === 0) noteRelapse(rule, v, p, t);
  updateHold(v, p + KEEP, healthy, t, false);
  v[p + PHASE] = isRunning(v, p + KEEP) ? RECOVERING : FIRING;
  const flaps = dueOf(v, p + KEEP, quietFor(rule, v, p)) <= t && beginsToFlap(rule, v, p, t);
  if (raised || flaps) tell('amended', t);
  const due = dueOf(v, p + KEEP, quietFor(rule, v, p));
  if (due > t) return Math.min(due, raised ? Number.POSITIVE_INFINITY : urgentDue);
  endFlapping(v, p);
  v[p + PHASE] = QUIET;
  v[p + RAISED] = 0;
  resetHold(v, p + KEEP);
  resetHold(v, p + URGENT);
  resetHold(v, p + HOLD);
  tell('cleared', t);
  if (rule.proof) beginProof(c, p, rule.proof, t);
  // The condition does not hold now, but what it reads says when to look again.
  return Math.max(t + 1, runHold(rule, c, p, t));
}

/**
 * Looks at the rule at event time t; `p` is its row. Calls come in the order of time; each wake gets one. Leaves in
 * the context when what it read may change.
 */
export function evaluate(rule: CompiledRule, c: Context, p: number, t: number, tell: Tell): void {
  const { v } = c;
  c.wake = Number.POSITIVE_INFINITY;
  c.stale = Number.POSITIVE_INFINITY;
  v[p + LOOKED] = t;
  let due = Number.POSITIVE_INFINITY;
  if (v[p + PHASE]! < FIRING) due = watchQuiet(rule, c, p, t, tell);
  if (v[p + PHASE]! >= FIRING) due = watchFiring(rule, c, p, t, tell);
  if (v[p + CLEARED_AT]! >= 0 && rule.proof && isProved(c, p, rule.proof, t)) {
    v[p + CLEARED_AT] = -1;
    tell('proved', t);
  }
  v[p + WAKE] = Math.min(c.wake, c.stale, due);
}
