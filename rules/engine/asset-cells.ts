import { HOUR_MS, SECOND_MS } from '../../model/clock.ts';
import type { Asset } from '../../model/site.ts';
import {
  APPLIED,
  CHANGED,
  EXPIRES,
  GAP,
  GAP_BEFORE,
  LAST_SEEN,
  NEWEST,
  SCHEDULED,
  SLOT_CELLS,
  STALE_AFTER,
  TIME,
  VALUE,
} from '../language/cells.ts';
import type { Lane } from '../language/rule.ts';

/** Two reports may be lost, and a clock be slow: three heartbeats by its own clock are a little more by ours. */
const HEARTBEATS_OF_NEWS = 3.5;

/** Three and a half heartbeats, or an hour where none is promised: then what was measured is no news any more. */
function staleAfter(asset: Asset): number {
  const heartbeat_s = Number(asset.attributes['heartbeat_s'] ?? 0);
  return heartbeat_s > 0 ? HEARTBEATS_OF_NEWS * heartbeat_s * SECOND_MS : HOUR_MS;
}

/** What the asset's description decides. */
export function writeConstants(v: Float64Array, o: number, { layout }: Lane, asset: Asset): void {
  v[o + STALE_AFTER] = staleAfter(asset);
  for (const { at, of } of layout.constants) v[o + at] = of(asset);
}

/** The cells of an asset that was never heard. */
export function writeNew(v: Float64Array, o: number, lane: Lane, asset: Asset): void {
  const { layout, rules } = lane;
  v[o + LAST_SEEN] = Number.NaN;
  v[o + APPLIED] = Number.NEGATIVE_INFINITY;
  v[o + NEWEST] = Number.NEGATIVE_INFINITY;
  v[o + SCHEDULED] = Number.POSITIVE_INFINITY;
  for (const { at } of layout.slots) {
    v.fill(Number.NaN, o + at, o + at + SLOT_CELLS);
    v[o + at + GAP] = 0;
    v[o + at + GAP_BEFORE] = 0;
  }
  for (const { totals } of layout.windows) for (const cell of totals.values()) v[o + cell] = Number.NaN;
  for (const { at, size } of layout.own) v.fill(Number.NaN, o + at, o + at + size);
  for (const { cell } of rules) v[o + cell] = Number.POSITIVE_INFINITY;
  writeConstants(v, o, lane, asset);
}

/** Puts a sample, newer than the one there, in the slot whose cells begin at `at`. */
export function writeSlot(v: Float64Array, o: number, at: number, ts: number, value: number): void {
  const slot = o + at;
  const last = v[slot + TIME]!;
  if (!Number.isNaN(last)) {
    v[slot + GAP_BEFORE] = v[slot + GAP]!;
    v[slot + GAP] = ts - last;
  }
  if (v[slot + VALUE] !== value) v[slot + CHANGED] = ts;
  v[slot + VALUE] = value;
  v[slot + TIME] = ts;
  const spacing = Math.min(v[slot + GAP]!, v[slot + GAP_BEFORE]!);
  v[slot + EXPIRES] = ts + Math.max(v[o + STALE_AFTER]!, 2 * spacing);
}
