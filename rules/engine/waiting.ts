import { WAITING, WAITING_COUNT } from '../language/layout.ts';
import { give, type Memory, take } from './memory.ts';
import { roomIn } from './page.ts';

/** Samples that wait for late ones: time, slot, value; by time and then by slot. */
const CELLS = 3;
/** Stands for a reading of none of the lane's metrics: the asset was heard. */
const HEARD = -1;

/** Samples of one reading in hand: `count` of them from `from` on. */
export interface Samples {
  from: number;
  count: number;
  slots: Int32Array;
  values: Float64Array;
}

export function newSamples(room: number): Samples {
  return { from: 0, count: 0, slots: new Int32Array(room), values: new Float64Array(room) };
}

/** Twice the room; what is there stays. */
export function growSamples(samples: Samples): void {
  const { slots, values } = samples;
  samples.slots = new Int32Array(2 * slots.length);
  samples.values = new Float64Array(2 * values.length);
  samples.slots.set(slots);
  samples.values.set(values);
}

function put(m: Memory, ts: number, slot: number, value: number): void {
  const { o } = m;
  const count = m.v[o + WAITING_COUNT]!;
  let block = m.v[o + WAITING]!;
  let i = count;
  while (i > 0) {
    const before = block + (i - 1) * CELLS;
    const at = m.v[before]!;
    if (at < ts || (at === ts && m.v[before + 1]! < slot)) break;
    // What came first counts.
    if (at === ts && m.v[before + 1] === slot) return;
    i--;
  }
  if (block === 0 || (count + 1) * CELLS > roomIn(m.v, block)) {
    const larger = take(m, Math.ceil(1.4 * (count + 1)) * CELLS);
    if (block > 0) {
      m.v.copyWithin(larger, block, block + count * CELLS);
      give(m, block);
    }
    m.v[o + WAITING] = larger;
    block = larger;
  }
  const at = block + i * CELLS;
  m.v.copyWithin(at + CELLS, at, block + count * CELLS);
  m.v[at] = ts;
  m.v[at + 1] = slot;
  m.v[at + 2] = value;
  m.v[o + WAITING_COUNT] = count + 1;
}

/** Keeps the samples of a reading of the asset in hand until late ones can no longer come before it. */
export function keepWaiting(m: Memory, ts: number, { from, count, slots, values }: Samples): void {
  if (count === 0) put(m, ts, HEARD, 0);
  for (let i = from; i < from + count; i++) put(m, ts, slots[i]!, values[i]!);
}

/** Time of the first sample that waits; Infinity when none does. */
export function firstWaiting({ v, o }: Memory): number {
  return v[o + WAITING_COUNT]! > 0 ? v[v[o + WAITING]!]! : Number.POSITIVE_INFINITY;
}

/** Hands over the samples that waited until `limit`, those of one time together, and forgets them. */
export function releaseWaiting(
  m: Memory,
  limit: number,
  samples: Samples,
  heard: (ts: number) => void,
): void {
  const { o } = m;
  const block = m.v[o + WAITING]!;
  const count = m.v[o + WAITING_COUNT]!;
  let i = 0;
  while (i < count) {
    const ts = m.v[block + i * CELLS]!;
    if (ts >= limit) break;
    samples.count = 0;
    for (; i < count && m.v[block + i * CELLS] === ts; i++) {
      const slot = m.v[block + i * CELLS + 1]!;
      if (slot === HEARD) continue;
      samples.slots[samples.count] = slot;
      samples.values[samples.count++] = m.v[block + i * CELLS + 2]!;
    }
    heard(ts);
  }
  if (i === 0) return;
  m.v.copyWithin(block, block + i * CELLS, block + count * CELLS);
  m.v[o + WAITING_COUNT] = count - i;
}
