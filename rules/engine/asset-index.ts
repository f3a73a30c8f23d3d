import type { Reading } from '../../model/reading.ts';

export const UNKNOWN = -1;

/** Assets by number, as they were given. */
export interface AssetIndex {
  /** The number of an asset; UNKNOWN when there is none of this name. */
  of(id: string): number;
  /** Writes into `numbers` which asset each of `count` readings is about, from the one at `from` on. */
  ofEach(readings: readonly Reading[], from: number, count: number, numbers: Int32Array): void;
}

function hashOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  return hash ^ (hash >>> 15);
}

/** Pairs of hash and number + 1 (0 = free), each in the first free place from that of its hash on. */
function tableOf(ids: readonly string[]): Int32Array {
  let size = 8;
  while (size < 2 * ids.length) size *= 2;
  const table = new Int32Array(2 * size);
  for (const [number, id] of ids.entries()) {
    const hash = hashOf(id);
    let at = hash & (size - 1);
    while (table[2 * at + 1] !== 0) at = (at + 1) & (size - 1);
    table[2 * at] = hash;
    table[2 * at + 1] = number + 1;
  }
  return table;
}

/**
 * Names of a hundred thousand assets do not fit into the processor's caches, and a Map makes it wait for each name,
 * place and entry one after another. Here each of these steps is made for many readings before the next, in loops so
 * short that the processor waits for several at once. The table answers by hash alone; the Map is asked where that was
 * another asset's.
 */
export function createAssetIndex(ids: readonly string[]): AssetIndex {
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const table = tableOf(ids);
  const mask = table.length / 2 - 1;
  let hashes = new Int32Array(64);
  // Kept so that nobody can tell that what was read ahead is not needed.
  const sink = { sum: 0 };
  const of = (id: string): number => numbers.get(id) ?? UNKNOWN;
  const numberAt = (hash: number): number => {
    let at = hash & mask;
    while (table[2 * at] !== hash && table[2 * at + 1] !== 0) at = (at + 1) & mask;
    return table[2 * at + 1]! - 1;
  };
  return {
    of,
    ofEach: (readings, from, count, into) => {
      if (count > hashes.length) hashes = new Int32Array(2 * count);
      let sum = 0;
      for (let i = 0; i < count; i++) sum += readings[from + i]!.asset.length;
      for (let i = 0; i < count; i++) hashes[i] = hashOf(readings[from + i]!.asset);
      for (let i = 0; i < count; i++) sum += table[2 * (hashes[i]! & mask)]!;
      for (let i = 0; i < count; i++) into[i] = numberAt(hashes[i]!);
      for (let i = 0; i < count; i++) {
        const { asset } = readings[from + i]!;
        if (ids[into[i]!] !== asset) into[i] = of(asset);
      }
      sink.sum = sum;
    },
  };
}
