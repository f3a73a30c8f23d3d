import { APPLIED, LAST_SEEN, NEWEST, SCHEDULED, TIME } from '../language/cells.ts';
import { writeSlot } from './asset-cells.ts';
import type { LaneState } from './lane-state.ts';
import { createRuleStep, type Hear } from './rule-step.ts';
import type { Touched } from './touched.ts';
import { crowded, firstWaiting, keepWaiting, releaseWaiting, type Samples } from './waiting.ts';

/**
 * First layer: rules on single assets, exact in event time. What the clock alone brings is taken back when a sample
 * from before it arrives, unless it was told: so the outcome does not depend on when the clock was looked at.
 */
export interface Watcher {
  /** Takes a reading of the asset at a place; `samples` may be changed. */
  step(state: LaneState, place: number, ts: number, samples: Samples): void;
  /** The same for a reading before which none of the asset will come any more: it need not wait for late ones. */
  stepInOrder: Watcher['step'];
  /** Everything before `now` − lateness has arrived. Looks at `most` assets; answers how many of them were not needed. */
  advance(state: LaneState, now: number, most: number): number;
  /** Puts the asset in hand into the queue when something is due. */
  resume(state: LaneState): void;
}

/**
 * Lets go of samples that are no newer than what is stored: the same sample again changes nothing. Answers the set of
 * slots that are left.
 */
function dropStale({ plan, m }: LaneState, ts: number, samples: Samples): number {
  const { from, slots, values } = samples;
  let end = from;
  let left = 0;
  for (let i = from; i < from + samples.count; i++) {
    const slot = slots[i]!;
    if (m.v[m.o + plan.slotCells[slot]! + TIME]! >= ts) continue;
    left += plan.slotBits[slot]!;
    slots[end] = slot;
    values[end++] = values[i]!;
  }
  samples.count = end - from;
  return left;
}

/** For assets that are only asked. */
const NO_RULES: Pick<Touched, 'rules' | 'cells' | 'looks'> = {
  rules: new Int32Array(),
  cells: new Int32Array(),
  looks: [],
};

function store({ plan, m }: LaneState, ts: number, { from, count, slots, values }: Samples): void {
  for (let i = from; i < from + count; i++) {
    const slot = slots[i]!;
    writeSlot(m.v, m.o, plan.slotCells[slot]!, ts, values[i]!);
    for (const window of plan.windowsOfSlot[slot]!) window.add(m, window.plan, ts, values[i]!);
  }
  m.v[m.o + APPLIED] = ts;
  m.v[m.o + LAST_SEEN] = ts;
}

export function createWatcher(hear: Hear): Watcher {
  const { before, bySample, byClock } = createRuleStep(hear);
  const schedule = ({ m, wakes }: LaneState, at: number): void => {
    const cell = m.o + SCHEDULED;
    if (at >= m.v[cell]!) return;
    m.v[cell] = at;
    wakes.push(at, m.place);
  };
  /** The samples were measured at `ts`. */
  const apply = (state: LaneState, ts: number, samples: Samples): void => {
    const { m, plan } = state;
    if (ts < m.v[m.o + APPLIED]!) return;
    const touched = plan.touched(dropStale(state, ts, samples));
    const { updates } = touched;
    const { rules, cells, looks } = m.place < state.judged ? touched : NO_RULES;
    // Most rules are at rest and not due: they cost a look at their cell.
    for (let i = 0; i < rules.length; i++) if (m.v[m.o + cells[i]!]! < ts) before(state, rules[i]!, ts);
    store(state, ts, samples);
    for (let i = 0; i < updates.length; i++) updates[i]!.run(m, ts, updates[i]!.from);
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < looks.length; i++) {
      const { run, from, first } = looks[i]!;
      next = Math.min(next, run(m, ts, from, first, state, bySample));
    }
    schedule(state, next);
  };
  const release = (state: LaneState, limit: number): void => {
    const { released } = state;
    releaseWaiting(state.m, limit, released, (ts) => apply(state, ts, released));
  };
  /** Looks at all rules of the asset in hand that are due before `limit`. */
  const runDue = (state: LaneState, limit: number): void => {
    let next = firstWaiting(state.m);
    for (let rule = 0; rule < state.plan.rules.length; rule++) {
      next = Math.min(next, byClock(state, rule, limit));
    }
    schedule(state, next);
  };
  const step: Watcher['step'] = (state, place, ts, samples) => {
    const { lateness_ms, ordered } = state.plan.lane;
    state.take(place);
    if (lateness_ms === 0 && !ordered) {
      apply(state, ts, samples);
      return;
    }
    const { m } = state;
    const applied = m.v[m.o + APPLIED]!;
    if (ts < applied || (ordered && ts === applied)) return;
    if (ts > m.v[m.o + NEWEST]!) m.v[m.o + NEWEST] = ts;
    keepWaiting(m, ts, samples);
    release(
      state,
      Math.max(crowded(m), ordered ? Number.NEGATIVE_INFINITY : m.v[m.o + NEWEST]! - lateness_ms),
    );
    schedule(state, firstWaiting(m));
  };
  return {
    step,
    stepInOrder: (state, place, ts, samples) => {
      state.take(place);
      // What waits comes before it; where assets look at each other all of them go on together.
      if (state.plan.lane.ordered || firstWaiting(state.m) <= ts) step(state, place, ts, samples);
      else apply(state, ts, samples);
    },
    advance: (state, now, most) => {
      const { wakes, m } = state;
      let left = most;
      const { lateness_ms, ordered } = state.plan.lane;
      const limit = now - lateness_ms;
      for (let at = wakes.next(); at < limit && left > 0; at = wakes.next(), left--) {
        state.take(wakes.pop());
        const cell = m.o + SCHEDULED;
        if (m.v[cell] !== at) continue;
        m.v[cell] = Number.POSITIVE_INFINITY;
        // A sample that waits comes before what the clock brings at its very time.
        // Where assets look at each other all of them go on together.
        release(state, ordered ? at + 1 : limit);
        runDue(state, at + 1);
      }
      return left;
    },
    resume: (state) => {
      state.m.v[state.m.o + SCHEDULED] = Number.POSITIVE_INFINITY;
      runDue(state, Number.NEGATIVE_INFINITY);
    },
  };
}
