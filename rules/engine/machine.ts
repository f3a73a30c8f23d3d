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

type Rows = Float64Array;
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
function heldTruth(rule: CompiledRule, c: Context, r: Rows, hold: number, t: number): number {
  const truth = startTruth(rule, c, t);
  if (truth !== 0 || !rule.until_clear || !isRunning(r, hold)) return truth;
  return rule.clear.run(c, t) === 1 ? 0 : 1;
}

function runHold(rule: CompiledRule, c: Context, r: Rows, p: number, t: number): number {
  const hold = p + HOLD;
  updateHold(r, hold, heldTruth(rule, c, r, hold, t), t, rule.cumulative);
  // Cumulative time ends where the asset is seen healthy.
  if (rule.cumulative && r[hold + 1]! < 0 && isRunning(r, hold) && rule.clear.run(c, t) === 1) {
    resetHold(r, hold);
  }
  return dueOf(r, hold, rule.for_ms);
}

function runUrgent({ urgent }: CompiledRule, c: Context, r: Rows, p: number, t: number): number {
  if (!urgent || r[p + RAISED] === 1) return Number.POSITIVE_INFINITY;
  updateHold(r, p + URGENT, urgent.when.run(c, t), t, false);
  return dueOf(r, p + URGENT, urgent.for_ms);
}

/** Answers when it is due to fire, if nothing changes; not later than t when it has fired. */
function watchQuiet(rule: CompiledRule, c: Context, r: Rows, p: number, t: number, tell: Tell): number {
  const due = runHold(rule, c, r, p, t);
  const urgentDue = runUrgent(rule, c, r, p, t);
  if (due > t && urgentDue > t) {
    r[p + PHASE] = isRunning(r, p + HOLD) || isRunning(r, p + URGENT) ? PENDING : QUIET;
    return Math.min(due, urgentDue);
  }
  r[p + PHASE] = FIRING;
  r[p + SINCE] = t;
  r[p + RAISED] = Number(urgentDue <= t);
  r[p + CLEARED_AT] = -1;
  resetHold(r, p + HOLD);
  resetHold(r, p + KEEP);
  tell('firing', t);
  return t;
}

/** Answers when the next change is due, if nothing else changes. */
function watchFiring(rule: CompiledRule, c: Context, r: Rows, p: number, t: number, tell: Tell): number {
  const urgentDue = runUrgent(rule, c, r, p, t);
  const raised = urgentDue <= t;
  if (raised) r[p + RAISED] = 1;
  const healthy = byPolicy(rule.clear.run(c, t), rule.unknown, 0);
  if (healthy === 0) noteRelapse(rule, r, p, t);
  updateHold(r, p + KEEP, healthy, t, false);
  r[p + PHASE] = isRunning(r, p + KEEP) ? RECOVERING : FIRING;
  const flaps = dueOf(r, p + KEEP, quietFor(rule, r, p)) <= t && beginsToFlap(rule, r, p, t);
  if (raised || flaps) tell('amended', t);
  const due = dueOf(r, p + KEEP, quietFor(rule, r, p));
  if (due > t) return Math.min(due, raised ? Number.POSITIVE_INFINITY : urgentDue);
  endFlapping(r, p);
  r[p + PHASE] = QUIET;
  r[p + RAISED] = 0;
  resetHold(r, p + KEEP);
  resetHold(r, p + URGENT);
  resetHold(r, p + HOLD);
  tell('cleared', t);
  if (rule.proof) beginProof(c, r, p, rule.proof, t);
  // The condition does not hold now, but what it reads says when to look again.
  return Math.max(t + 1, runHold(rule, c, r, p, t));
}

/**
 * Looks at the rule at event time t; its row is at `p` of `r`. Calls come in the order of time; each wake gets one. Leaves in
 * the context when what it read may change.
 */
export function evaluate(rule: CompiledRule, c: Context, r: Rows, p: number, t: number, tell: Tell): void {
  c.wake = Number.POSITIVE_INFINITY;
  c.stale = Number.POSITIVE_INFINITY;
  r[p + LOOKED] = t;
  let due = Number.POSITIVE_INFINITY;
  if (r[p + PHASE]! < FIRING) due = watchQuiet(rule, c, r, p, t, tell);
  if (r[p + PHASE]! >= FIRING) due = watchFiring(rule, c, r, p, t, tell);
  if (r[p + CLEARED_AT]! >= 0 && rule.proof && isProved(c, r, p, rule.proof, t)) {
    r[p + CLEARED_AT] = -1;
    tell('proved', t);
  }
  r[p + WAKE] = Math.min(c.wake, c.stale, due);
}
