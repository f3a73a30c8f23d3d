import type { Reading } from '../../model/reading.ts';
import type { LaneState } from './lane-state.ts';
import { cellsOf, pageOf } from './memory.ts';
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

export function createBatch(): Batch {
  const visits: Visit[] = [];
  const samples = newSamples(1024);
  let [visited, end] = [0, 0];
  // Kept so that nobody can tell that the values are not needed.
  const sink = { sum: 0 };
  const fetchCells = (lane: LaneState, visit: Visit): number => {
    let sum = 0;
    const page = lane.m.pages[pageOf(visit.place)]!;
    const o = cellsOf(visit.place, lane.m.stride);
    for (let i = visit.from; i < visit.from + visit.count; i++) {
      const lines = lane.plan.linesOfSlot[samples.slots[i]!]!;
      for (let k = 0; k < lines.length; k++) sum += page[o + lines[k]!]!;
    }
    return sum;
  };
  const fetchPanes = (lane: LaneState, visit: Visit): number => {
    let sum = 0;
    const page = lane.m.pages[pageOf(visit.place)]!;
    const o = cellsOf(visit.place, lane.m.stride);
    for (let i = visit.from; i < visit.from + visit.count; i++) {
      const panes = lane.plan.panesOfSlot[samples.slots[i]!]!;
      for (let k = 0; k < panes.length; k++) sum += page[page[o + panes[k]!]! | 0]!;
    }
    return sum;
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
      for (const metric in values) {
        const slot = slots.get(metric);
        if (slot === undefined) continue;
        samples.slots[end] = slot;
        samples.values[end++] = values[metric]!;
      }
      visit.count = end - visit.from;
    },
    run: (step) => {
      if (visited > 1) {
        let sum = 0;
        for (let i = 0; i < visited; i++) sum += fetchCells(visits[i]!.lane, visits[i]!);
        for (let i = 0; i < visited; i++) sum += fetchPanes(visits[i]!.lane, visits[i]!);
        sink.sum = sum;
      }
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
