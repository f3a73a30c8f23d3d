import type { Context } from '../language/context.ts';
import type { Proof } from '../language/rule.ts';
import { dueOf, resetHold, updateHold } from './hold.ts';
import { BAD_FROM, CLEARED_AT, HEALTHY, IN_SPAN, RAN, SAW_GOOD, SPOILED } from './progress.ts';

/** The fault cleared at t: the proof is awaited from now on. `p`: the row. */
export function beginProof(c: Context, p: number, proof: Proof, t: number): void {
  const { v } = c;
  v[p + CLEARED_AT] = t;
  resetHold(v, p + HEALTHY);
  v[p + SAW_GOOD] = 0;
  v[p + BAD_FROM] = -1;
  v[p + RAN] = -1;
  // What has begun before the repair was seen is no whole night.
  const inside = 'timeline' in proof.over && c.timelines[proof.over.timeline]!.at(t) === 1;
  v[p + IN_SPAN] = Number(inside);
  v[p + SPOILED] = Number(inside);
}

function overSpan(c: Context, p: number, proof: Proof, timeline: number, t: number): boolean {
  const { v } = c;
  const line = c.timelines[timeline]!;
  const inside = line.at(t) === 1;
  c.wake = Math.min(c.wake, line.until);
  const ended = !inside && v[p + IN_SPAN] === 1;
  if (inside && v[p + IN_SPAN] === 0) {
    v[p + IN_SPAN] = 1;
    v[p + SPOILED] = 0;
    v[p + SAW_GOOD] = 0;
    v[p + BAD_FROM] = -1;
  }
  if (ended) {
    v[p + IN_SPAN] = 0;
    const missing = v[p + BAD_FROM]! >= 0 && t - v[p + BAD_FROM]! >= proof.tolerance_ms;
    return v[p + SPOILED] === 0 && v[p + SAW_GOOD] === 1 && !missing;
  }
  if (!inside || v[p + SPOILED] === 1) return false;
  if (proof.healthy(c, t) === 1) {
    v[p + SAW_GOOD] = 1;
    v[p + BAD_FROM] = -1;
    return false;
  }
  // Unknown proves nothing: it counts as missing health.
  if (v[p + BAD_FROM]! < 0) v[p + BAD_FROM] = t;
  const lost = v[p + BAD_FROM]! + proof.tolerance_ms;
  if (lost <= t) v[p + SPOILED] = 1;
  else c.wake = Math.min(c.wake, lost);
  return false;
}

function overCycle(c: Context, p: number, proof: Proof, running: Proof['healthy'], t: number): boolean {
  const { v } = c;
  const runs = running(c, t);
  if (runs === 1) {
    const healthy = proof.healthy(c, t);
    if (healthy === 1) v[p + SAW_GOOD] = 1;
    else if (healthy === 0) v[p + SPOILED] = 1;
  }
  const stopped = runs === 0 && v[p + RAN] === 1;
  const good = v[p + SAW_GOOD] === 1 && v[p + SPOILED] === 0;
  if (stopped) {
    v[p + SAW_GOOD] = 0;
    v[p + SPOILED] = 0;
  }
  if (!Number.isNaN(runs)) v[p + RAN] = runs;
  return stopped && good;
}

/** Whether what is seen at t completes the proof. */
export function isProved(c: Context, p: number, proof: Proof, t: number): boolean {
  const { over } = proof;
  if (over.span === 'cycle') return overCycle(c, p, proof, over.running, t);
  if (over.span !== 'duration') return overSpan(c, p, proof, over.timeline, t);
  const healthy = proof.healthy(c, t);
  updateHold(c.v, p + HEALTHY, Number.isNaN(healthy) ? 0 : healthy, t, false);
  const due = dueOf(c.v, p + HEALTHY, over.ms);
  if (due <= t) return true;
  c.wake = Math.min(c.wake, due);
  return false;
}
