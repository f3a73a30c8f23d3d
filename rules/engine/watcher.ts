import type { FaultChange } from '../../model/fault.ts';
import { type AssetLane, buffer, store } from './asset-lane.ts';
import { createHeap } from './heap.ts';
import { evaluate, type RuleState } from './machine.ts';
import { copyProgress } from './progress.ts';

interface Wake {
  readonly at: number;
  readonly al: AssetLane;
  /** The rule to look at, or −1 for samples that wait. */
  readonly rule: number;
}

/** Told for each change of a rule on an asset, in the order of its event time for that asset. */
export type Hear = (s: RuleState, al: AssetLane, type: FaultChange['type'], t: number) => void;

/**
 * First layer: rules on single assets, exact in event time. What the clock alone brings is taken back when a sample
 * from before it arrives, unless it was told: so the outcome does not depend on when the clock was looked at.
 */
export interface Watcher {
  step(al: AssetLane, ts: number, values: Readonly<Record<string, number>>): void;
  /** Everything before `now` − lateness has arrived. */
  advance(now: number): void;
  /** Puts restored assets back in the queues. */
  resume(al: AssetLane): void;
}

export function createWatcher(hear: Hear): Watcher {
  const queues = new Map<number, ReturnType<typeof createHeap<Wake>>>();
  const touched: number[] = [];
  const queueOf = (al: AssetLane): ReturnType<typeof createHeap<Wake>> => {
    const { lateness_ms } = al.plan.lane;
    let queue = queues.get(lateness_ms);
    if (!queue) {
      // A sample that waits comes before what the clock brings at its very time.
      queue = createHeap<Wake>((a, b) => a.at < b.at || (a.at === b.at && a.rule < b.rule));
      queues.set(lateness_ms, queue);
    }
    return queue;
  };
  const schedule = (al: AssetLane, rule: number): void => {
    const s = al.states[rule]!;
    if (s.live.wake >= s.scheduled) return;
    s.scheduled = s.live.wake;
    queueOf(al).push({ at: s.scheduled, al, rule });
  };
  const scheduleBuffer = (al: AssetLane): void => {
    const at = al.buffer[0]?.ts ?? Number.POSITIVE_INFINITY;
    if (at >= al.buffered) return;
    al.buffered = at;
    queueOf(al).push({ at, al, rule: -1 });
  };
  const look = (s: RuleState, al: AssetLane, t: number, bySample: boolean): void => {
    let told = false;
    evaluate(s, t, (type, at) => {
      told = true;
      hear(s, al, type, at);
    });
    s.ahead = !bySample && !told;
    if (!s.ahead) copyProgress(s.live, s.kept);
  };
  const runWakes = (s: RuleState, al: AssetLane, limit: number): void => {
    while (s.live.wake < limit) look(s, al, s.live.wake, false);
  };
  const touch = (rules: readonly number[]): void => {
    for (const rule of rules) if (!touched.includes(rule)) touched.push(rule);
  };
  const apply = (al: AssetLane, ts: number, values: Readonly<Record<string, number>>): void => {
    if (ts < al.applied) return;
    const { plan, c, states } = al;
    touched.length = 0;
    touch(plan.rulesOfAll);
    for (const metric in values) {
      const slot = plan.slots.get(metric);
      if (slot !== undefined && !(c.times[slot]! >= ts)) touch(plan.rulesOfSlot[slot]!);
    }
    for (const rule of touched) {
      const s = states[rule]!;
      if (s.ahead && s.kept.time <= ts) {
        copyProgress(s.kept, s.live);
        s.ahead = false;
      }
      runWakes(s, al, ts);
    }
    al.applied = ts;
    c.lastSeen = ts;
    for (const metric in values) {
      const slot = plan.slots.get(metric);
      if (slot !== undefined) store(al, slot, ts, values[metric]!);
    }
    for (const rule of touched) {
      const s = states[rule]!;
      look(s, al, Math.max(ts, s.live.time), true);
      schedule(al, rule);
    }
  };
  const flush = (al: AssetLane, limit: number): void => {
    let done = 0;
    while (done < al.buffer.length && al.buffer[done]!.ts < limit) {
      const { ts, values } = al.buffer[done]!;
      done++;
      apply(al, ts, values);
    }
    if (done > 0) al.buffer.splice(0, done);
  };
  return {
    step: (al, ts, values) => {
      const { lateness_ms } = al.plan.lane;
      if (lateness_ms === 0) {
        apply(al, ts, values);
        return;
      }
      if (ts < al.applied) return;
      if (ts > al.newest) al.newest = ts;
      buffer(al, ts, values);
      flush(al, al.newest - lateness_ms);
      scheduleBuffer(al);
    },
    advance: (now) => {
      for (const [lateness_ms, queue] of queues) {
        const limit = now - lateness_ms;
        for (let top = queue.peek(); top && top.at < limit; top = queue.peek()) {
          queue.pop();
          const { al, rule } = top;
          if (rule < 0) {
            if (al.buffered === top.at) al.buffered = Number.POSITIVE_INFINITY;
            flush(al, limit);
            scheduleBuffer(al);
            continue;
          }
          const s = al.states[rule]!;
          if (s.scheduled === top.at) s.scheduled = Number.POSITIVE_INFINITY;
          if (s.live.wake <= top.at) runWakes(s, al, top.at + 1);
          schedule(al, rule);
        }
      }
    },
    resume: (al) => {
      for (const rule of al.states.keys()) schedule(al, rule);
      scheduleBuffer(al);
    },
  };
}
