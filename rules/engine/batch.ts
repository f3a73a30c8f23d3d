import type { Reading } from '../../model/reading.ts';
import type { LaneState } from './lane-state.ts';
import { cellsOf, pageOf } from './memory.ts';
import { fetchCells, want } from './read-ahead.ts';
import { growSamples, newSamples, type Samples } from './waiting.ts';

/** A reading as one lane takes it. */
interface Visit {
  lane: LaneState;
  place: number;
  ts: number;
  from: number;
  count: number;
}

/**
 * Readings of assets drawn at random wait for memory more than for anything else, some 100 ns for each place that
 * they touch. So a batch of readings is looked up first, then all the memory that it needs is read without anybody
 * asking for the values, which lets the processor fetch many places at once; then the rules look.
 */
export interface Batch {
  /** Adds a reading of the asset at `place` for the lane. */
  add(lane: LaneState, place: number, reading: Reading): void;
  /** Hands over all that was added, in order. */
  run(step: (lane: LaneState, place: number, ts: number, samples: Samples) => void): void;
}

/** Reads the oldest pane of each window of the visit that keeps its panes in a block. */
function fetchPanes({ lane: { m, plan }, place, from, count }: Visit, slots: Int32Array): number {
  let sum = 0;
  const o = cellsOf(place, m.stride);
  for (let i = from; i < from + count; i++) {
    const panes = plan.panesOfSlot[slots[i]!]!;
    if (panes.length === 0) continue;
    const blocks = m.pages[pageOf(place)]!;
    for (let k = 0; k < panes.length; k++) sum += blocks[m.v[o + panes[k]!]!] ?? 0;
  }
  return sum;
}

export function createBatch(): Batch {
  const visits: Visit[] = [];
  const lanes: LaneState[] = [];
  const samples = newSamples(1024);
  let [visited, end] = [0, 0];
  // Kept so that nobody can tell that the values are not needed.
  const sink = { sum: 0 };
  const fetch = (): void => {
    let sum = 0;
    for (const { m, wanted } of lanes) sum += fetchCells(m.v, wanted.first);
    for (const { m, wanted } of lanes) sum += fetchCells(m.v, wanted.second);
    for (let i = 0; i < visited; i++) sum += fetchPanes(visits[i]!, samples.slots);
    sink.sum = sum;
    lanes.length = 0;
  };
  return {
    add: (lane, place, { ts, values }) => {
      const { slots } = lane.plan;
      if (visited === visits.length) visits.push({ lane, place, ts, from: 0, count: 0 });
      if (end + slots.size > samples.slots.length) growSamples(samples);
      const visit = visits[visited++]!;
      visit.lane = lane;
      visit.place = place;
      visit.ts = ts;
      visit.from = end;
      const o = cellsOf(place, lane.m.stride);
      if (lane.wanted.first.count === 0) lanes.push(lane);
      want(lane.wanted.first, o, lane.plan.ownLines);
      for (const metric in values) {
        const slot = slots.get(metric);
        if (slot === undefined) continue;
        samples.slots[end] = slot;
        samples.values[end++] = values[metric]!;
        const { first, second } = lane.plan.linesOfSlot[slot]!;
        want(lane.wanted.first, o, first);
        want(lane.wanted.second, o, second);
      }
      visit.count = end - visit.from;
    },
    run: (step) => {
      fetch();
      for (let i = 0; i < visited; i++) {
        const { lane, place, ts, from, count } = visits[i]!;
        samples.from = from;
        samples.count = count;
        step(lane, place, ts, samples);
      }
      visited = 0;
      end = 0;
    },
  };
}
