import type { Fault, FaultChange } from '../../model/fault.ts';
import type { Context } from '../language/context.ts';
import type { CompiledRule, UnknownPolicy } from '../language/rule.ts';
import { dueOf, isRunning, resetHold, updateHold } from './hold.ts';
import { FIRING, PENDING, type Progress, QUIET, RECOVERING } from './progress.ts';
import { beginProof, isProved } from './proving.ts';

/** One rule watching one asset. */
export interface RuleState {
  readonly rule: CompiledRule;
  readonly c: Context;
  /** Where it is by now, and where it was at the last sample or change that was told. */
  readonly live: Progress;
  readonly kept: Progress;
  /** Whether the clock alone has moved `live` on from `kept`. */
  ahead: boolean;
  /** Earliest time for which it stands in the queue of wakes. */
  scheduled: number;
  fault: Fault | undefined;
}

export type Tell = (type: FaultChange['type'], t: number) => void;

function byPolicy(truth: number, policy: UnknownPolicy, ifFire: number): number {
  if (!Number.isNaN(truth) || policy === 'hold') return truth;
  return policy === 'fire' ? ifFire : 1 - ifFire;
}

/** Whether the condition starts the fault; what clears it wins where a rule contradicts itself. */
function startTruth(rule: CompiledRule, c: Context, t: number): number {
  const truth = byPolicy(rule.when(c, t), rule.unknown, 1);
  if (rule.info.clear === null || (truth !== 1 && !rule.cumulative)) return truth;
  return rule.clear(c, t) === 1 ? 0 : truth;
}

function runHold(s: RuleState, t: number): number {
  const { rule, c, live: p } = s;
  updateHold(p.hold, startTruth(rule, c, t), t, rule.cumulative);
  // Cumulative time ends where the asset is seen healthy.
  if (rule.cumulative && p.hold.from < 0 && isRunning(p.hold) && rule.clear(c, t) === 1) resetHold(p.hold);
  return dueOf(p.hold, rule.for_ms);
}

function runUrgent(s: RuleState, t: number): number {
  const { urgent } = s.rule;
  if (!urgent || s.live.raised === 1) return Number.POSITIVE_INFINITY;
  updateHold(s.live.urgent, urgent.when(s.c, t), t, false);
  return dueOf(s.live.urgent, urgent.for_ms);
}

function watchQuiet(s: RuleState, t: number, tell: Tell): void {
  const { c, live: p } = s;
  const due = runHold(s, t);
  const urgentDue = runUrgent(s, t);
  if (due > t && urgentDue > t) {
    p.phase = isRunning(p.hold) || isRunning(p.urgent) ? PENDING : QUIET;
    c.wake = Math.min(c.wake, due, urgentDue);
    return;
  }
  p.phase = FIRING;
  p.since = t;
  p.raised = Number(urgentDue <= t);
  p.clearedAt = -1;
  resetHold(p.hold);
  resetHold(p.keep);
  tell('firing', t);
}

function watchFiring(s: RuleState, t: number, tell: Tell): void {
  const { rule, c, live: p } = s;
  const urgentDue = runUrgent(s, t);
  if (urgentDue <= t) {
    p.raised = 1;
    tell('amended', t);
  } else c.wake = Math.min(c.wake, urgentDue);
  updateHold(p.keep, byPolicy(rule.clear(c, t), rule.unknown, 0), t, false);
  const due = dueOf(p.keep, rule.keep_ms);
  p.phase = isRunning(p.keep) ? RECOVERING : FIRING;
  if (due > t) {
    c.wake = Math.min(c.wake, due);
    return;
  }
  p.phase = QUIET;
  p.raised = 0;
  resetHold(p.keep);
  resetHold(p.urgent);
  resetHold(p.hold);
  tell('cleared', t);
  if (rule.proof) beginProof(p, rule.proof, c, t);
  // The condition does not hold now, but what it reads says when to look again.
  c.wake = Math.min(c.wake, Math.max(t + 1, runHold(s, t)));
}

/** Looks at the rule at event time t. Calls come in the order of time; each wake gets one. */
export function evaluate(s: RuleState, t: number, tell: Tell): void {
  const { rule, c, live: p } = s;
  c.wake = Number.POSITIVE_INFINITY;
  p.time = t;
  const wasFiring = p.phase >= FIRING;
  if (!wasFiring) watchQuiet(s, t, tell);
  if (p.phase >= FIRING) watchFiring(s, t, tell);
  if (p.clearedAt >= 0 && rule.proof && isProved(p, rule.proof, c, t)) {
    p.clearedAt = -1;
    tell('proved', t);
  }
  p.wake = c.wake;
}
