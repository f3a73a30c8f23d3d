import type { Context } from '../language/context.ts';
import type { Proof } from '../language/rule.ts';
import { dueOf, resetHold, updateHold } from './hold.ts';
import { BAD_FROM, CLEARED_AT, HEALTHY, IN_SPAN, RAN, SAW_GOOD, SPOILED } from './progress.ts';

/** The fault cleared at t: the proof is awaited from now on. Its row is at `p` of `r`. */
export function beginProof(c: Context, r: Float64Array, p: number, proof: Proof, t: number): void {
  r[p + CLEARED_AT] = t;
  resetHold(r, p + HEALTHY);
  r[p + SAW_GOOD] = 0;
  r[p + BAD_FROM] = -1;
  r[p + RAN] = -1;
  // What has begun before the repair was seen is no whole night.
  const inside = 'timeline' in proof.over && c.timelines[proof.over.timeline]!.at(t) === 1;
  r[p + IN_SPAN] = Number(inside);
  r[p + SPOILED] = Number(inside);
}

function overSpan(
  c: Context,
  r: Float64Array,
  p: number,
  proof: Proof,
  timeline: number,
  t: number,
): boolean {
  const line = c.timelines[timeline]!;
  const inside = line.at(t) === 1;
  c.wake = Math.min(c.wake, line.until);
  const ended = !inside && r[p + IN_SPAN] === 1;
  if (inside && r[p + IN_SPAN] === 0) {
    r[p + IN_SPAN] = 1;
    r[p + SPOILED] = 0;
    r[p + SAW_GOOD] = 0;
    r[p + BAD_FROM] = -1;
  }
  if (ended) {
    r[p + IN_SPAN] = 0;
    const missing = r[p + BAD_FROM]! >= 0 && t - r[p + BAD_FROM]! >= proof.tolerance_ms;
    return r[p + SPOILED] === 0 && r[p + SAW_GOOD] === 1 && !missing;
  }
  if (!inside || r[p + SPOILED] === 1) return false;
  if (proof.healthy(c, t) === 1) {
    r[p + SAW_GOOD] = 1;
    r[p + BAD_FROM] = -1;
    return false;
  }
  // Unknown proves nothing: it counts as missing health.
  if (r[p + BAD_FROM]! < 0) r[p + BAD_FROM] = t;
  const lost = r[p + BAD_FROM]! + proof.tolerance_ms;
  if (lost <= t) r[p + SPOILED] = 1;
  else c.wake = Math.min(c.wake, lost);
  return false;
}

function overCycle(
  c: Context,
  r: Float64Array,
  p: number,
  proof: Proof,
  running: Proof['healthy'],
  t: number,
): boolean {
  const runs = running(c, t);
  if (runs === 1) {
    const healthy = proof.healthy(c, t);
    if (healthy === 1) r[p + SAW_GOOD] = 1;
    else if (healthy === 0) r[p + SPOILED] = 1;
  }
  const stopped = runs === 0 && r[p + RAN] === 1;
  const good = r[p + SAW_GOOD] === 1 && r[p + SPOILED] === 0;
  if (stopped) {
    r[p + SAW_GOOD] = 0;
    r[p + SPOILED] = 0;
  }
  if (!Number.isNaN(runs)) r[p + RAN] = runs;
  return stopped && good;
}

/** Whether what is seen at t completes the proof. */
export function isProved(c: Context, r: Float64Array, p: number, proof: Proof, t: number): boolean {
  const { over } = proof;
  if (over.span === 'cycle') return overCycle(c, r, p, proof, over.running, t);
  if (over.span !== 'duration') return overSpan(c, r, p, proof, over.timeline, t);
  const healthy = proof.healthy(c, t);
  updateHold(r, p + HEALTHY, Number.isNaN(healthy) ? 0 : healthy, t, false);
  const due = dueOf(r, p + HEALTHY, over.ms);
  if (due <= t) return true;
  c.wake = Math.min(c.wake, due);
  return false;
}
