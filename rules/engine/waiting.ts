import { WAITING, WAITING_COUNT, WAITING_GONE } from '../language/cells.ts';
import { blocksOf, give, type Memory, take } from './memory.ts';
import { roomIn } from './page.ts';

/** Samples that wait for late ones: time, slot, value; by time and then by slot. */
const CELLS = 3;
/**
 * Samples of one asset that wait at most. A sensor that speaks every second and whose rules listen to four metrics says
 * fewer in 15 minutes; a hundred thousand sensors that speak every five minutes have some ten each.
 */
export const MOST_WAITING = 4_096;
/** Stands for a reading of none of the lane's metrics: the asset was heard. */
const HEARD = -1;

/** Samples of one reading in hand: `count` of them from `from` on. */
export interface Samples {
  from: number;
  count: number;
  slots: Int32Array;
  values: Float64Array;
}

/** One sample that waits; its slot is HEARD where the reading said nothing that the lane asks for. */
interface WaitingSample {
  readonly ts: number;
  readonly slot: number;
  readonly value: number;
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

/** Where the first sample that waits begins, in the blocks of the asset in hand. */
const firstOf = ({ v, o }: Pick<Memory, 'v' | 'o'>): number => v[o + WAITING]! + v[o + WAITING_GONE]! * CELLS;

/**
 * Room for one more sample behind those that wait. Those that are gone leave room before them, into which the others
 * move when a good part of the block is free, so that each moves a few times at most.
 */
function makeRoom(m: Memory, count: number): void {
  const { o } = m;
  const block = m.v[o + WAITING]!;
  const room = block > 0 ? roomIn(blocksOf(m), block) : 0;
  const first = firstOf(m);
  if (first - block + (count + 1) * CELLS <= room) return;
  const wanted = Math.ceil(1.4 * (count + 1)) * CELLS;
  const into = wanted <= room ? block : take(m, wanted);
  blocksOf(m).copyWithin(into, first, first + count * CELLS);
  m.v[o + WAITING] = into;
  m.v[o + WAITING_GONE] = 0;
  if (block > 0 && into !== block) give(m, block);
}

function put(m: Memory, ts: number, slot: number, value: number): void {
  const { o } = m;
  let b = blocksOf(m);
  const count = m.v[o + WAITING_COUNT]!;
  let first = firstOf(m);
  let i = count;
  while (i > 0) {
    const before = first + (i - 1) * CELLS;
    const at = b[before]!;
    if (at < ts || (at === ts && b[before + 1]! < slot)) break;
    // What came first counts.
    if (at === ts && b[before + 1] === slot) return;
    i--;
  }
  makeRoom(m, count);
  first = firstOf(m);
  b = blocksOf(m);
  const at = first + i * CELLS;
  b.copyWithin(at + CELLS, at, first + count * CELLS);
  b[at] = ts;
  b[at + 1] = slot;
  b[at + 2] = value;
  m.v[o + WAITING_COUNT] = count + 1;
}

/** Keeps the samples of a reading of the asset in hand until late ones can no longer come before it. */
export function keepWaiting(m: Memory, ts: number, { from, count, slots, values }: Samples): void {
  if (count === 0) put(m, ts, HEARD, 0);
  for (let i = from; i < from + count; i++) put(m, ts, slots[i]!, values[i]!);
}

/** The samples that wait, by time. `blocks`: those of the asset. */
export function* waiting(m: Pick<Memory, 'v' | 'o'>, blocks: Float64Array): Generator<WaitingSample> {
  const { v, o } = m;
  const first = firstOf(m);
  for (let i = 0; i < v[o + WAITING_COUNT]!; i++) {
    const at = first + i * CELLS;
    yield { ts: blocks[at]!, slot: blocks[at + 1]!, value: blocks[at + 2]! };
  }
}

/** Time of the first sample that waits; Infinity when none does. */
export function firstWaiting(m: Memory): number {
  return m.v[m.o + WAITING_COUNT]! > 0 ? blocksOf(m)[firstOf(m)]! : Number.POSITIVE_INFINITY;
}

/**
 * The time before which samples must go on so that no more than MOST_WAITING wait; −Infinity when there are no more.
 * An asset that says so much waits less long for late samples than its rules ask for: memory is bounded.
 */
export function crowded(m: Memory): number {
  const surplus = m.v[m.o + WAITING_COUNT]! - MOST_WAITING;
  return surplus > 0 ? blocksOf(m)[firstOf(m) + surplus * CELLS]! : Number.NEGATIVE_INFINITY;
}

/** Hands over the samples that waited until `limit`, those of one time together, and forgets them. */
export function releaseWaiting(
  m: Memory,
  limit: number,
  samples: Samples,
  heard: (ts: number) => void,
): void {
  const { o } = m;
  while (m.v[o + WAITING_COUNT]! > 0) {
    const first = firstOf(m);
    const count = m.v[o + WAITING_COUNT]!;
    const b = blocksOf(m);
    const ts = b[first]!;
    if (ts >= limit) return;
    samples.count = 0;
    let i = 0;
    for (; i < count && b[first + i * CELLS] === ts; i++) {
      const slot = b[first + i * CELLS + 1]!;
      if (slot === HEARD) continue;
      samples.slots[samples.count] = slot;
      samples.values[samples.count++] = b[first + i * CELLS + 2]!;
    }
    m.v[o + WAITING_GONE]! += i;
    m.v[o + WAITING_COUNT] = count - i;
    heard(ts);
  }
}
