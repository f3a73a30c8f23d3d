import type { Context } from '../language/context.ts';
import type { Proof } from '../language/rule.ts';
import { dueOf, resetHold, updateHold } from './hold.ts';
import type { Progress } from './progress.ts';

/** The fault cleared at t: the proof is awaited from now on. */
export function beginProof(p: Progress, proof: Proof, c: Context, t: number): void {
  p.clearedAt = t;
  resetHold(p.healthy);
  p.sawGood = 0;
  p.badFrom = -1;
  p.ran = -1;
  // What has begun before the repair was seen is no whole night.
  const inside = 'timeline' in proof.over && c.timelines[proof.over.timeline]!.at(t) === 1;
  p.inSpan = Number(inside);
  p.spoiled = Number(inside);
}

function overSpan(p: Progress, proof: Proof, timeline: number, c: Context, t: number): boolean {
  const line = c.timelines[timeline]!;
  c.wake = Math.min(c.wake, line.next(t));
  const inside = line.at(t) === 1;
  const ended = !inside && p.inSpan === 1;
  if (inside && p.inSpan === 0) {
    p.inSpan = 1;
    p.spoiled = 0;
    p.sawGood = 0;
    p.badFrom = -1;
  }
  if (ended) {
    p.inSpan = 0;
    const missing = p.badFrom >= 0 && t - p.badFrom >= proof.tolerance_ms;
    return p.spoiled === 0 && p.sawGood === 1 && !missing;
  }
  if (!inside || p.spoiled === 1) return false;
  if (proof.healthy(c, t) === 1) {
    p.sawGood = 1;
    p.badFrom = -1;
    return false;
  }
  // Unknown proves nothing: it counts as missing health.
  if (p.badFrom < 0) p.badFrom = t;
  const lost = p.badFrom + proof.tolerance_ms;
  if (lost <= t) p.spoiled = 1;
  else c.wake = Math.min(c.wake, lost);
  return false;
}

function overCycle(p: Progress, proof: Proof, running: Proof['healthy'], c: Context, t: number): boolean {
  const runs = running(c, t);
  if (runs === 1) {
    const healthy = proof.healthy(c, t);
    if (healthy === 1) p.sawGood = 1;
    else if (healthy === 0) p.spoiled = 1;
  }
  const stopped = runs === 0 && p.ran === 1;
  const good = p.sawGood === 1 && p.spoiled === 0;
  if (stopped) {
    p.sawGood = 0;
    p.spoiled = 0;
  }
  if (!Number.isNaN(runs)) p.ran = runs;
  return stopped && good;
}

/** Whether what is seen at t completes the proof. */
export function isProved(p: Progress, proof: Proof, c: Context, t: number): boolean {
  const { over } = proof;
  if (over.span === 'cycle') return overCycle(p, proof, over.running, c, t);
  if (over.span !== 'duration') return overSpan(p, proof, over.timeline, c, t);
  const healthy = proof.healthy(c, t);
  updateHold(p.healthy, Number.isNaN(healthy) ? 0 : healthy, t, false);
  const due = dueOf(p.healthy, over.ms);
  if (due <= t) return true;
  c.wake = Math.min(c.wake, due);
  return false;
}
