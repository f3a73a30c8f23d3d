import { isDeepStrictEqual } from 'node:util';
import { APPLIED, LAST_SEEN, NEWEST, PANE_COUNT, PANES, SLOT_CELLS } from '../language/layout.ts';
import { writeConstants } from './asset-cells.ts';
import { type LaneShape, shapeOf, type WindowShape } from './lane-shape.ts';
import type { LaneState } from './lane-state.ts';
import { cellsOf, type Memory, pageOf, take } from './memory.ts';
import { ROW_CELLS } from './progress.ts';
import type { KeptLane } from './snapshot.ts';
import { keepWaiting, newSamples, waiting } from './waiting.ts';
import { beginPanes, countTotals, type WindowPlan } from './window.ts';

/** An asset's cells where they were. */
interface Source {
  readonly v: Float64Array;
  readonly o: number;
  readonly shape: LaneShape;
}

/** Pairs of what has the same name then and now. */
function* paired<Then, Now>(
  then: readonly Then[],
  now: readonly Now[],
  thenName: (item: Then) => string,
  nowName: (item: Now) => string,
): Generator<[Then, Now]> {
  const known = new Map(then.map((item) => [thenName(item), item]));
  for (const item of now) {
    const found = known.get(nowName(item));
    if (found) yield [found, item];
  }
}

function copyPanes(m: Memory, from: Source, then: WindowShape, now: WindowPlan): boolean {
  const wanted = Object.entries(now.fields).filter(([, place]) => place >= 0);
  // A window that keeps more than it did begins anew: what it lacks of the past cannot be made up.
  const pairs = wanted.map(
    ([name, place]) => [then.fields[name as keyof typeof then.fields], place] as const,
  );
  const count = from.v[from.o + then.at + PANE_COUNT]!;
  if (count === 0 || pairs.some(([place]) => place < 0)) return false;
  const block = from.v[from.o + then.at + PANES]!;
  const into = beginPanes(m, now, count);
  for (let i = 0; i < count; i++) {
    for (const [old, place] of pairs) {
      m.v[into + i * now.stride + place] = from.v[block + i * then.stride + old]!;
    }
  }
  return true;
}

function copyRule(m: Memory, from: Source, then: number, now: number): void {
  const at = from.v[from.o + then]!;
  if (at < 0) {
    const row = take(m, ROW_CELLS);
    m.v.set(from.v.subarray(-at, ROW_CELLS - at), row);
    m.v[m.o + now] = -row;
    return;
  }
  // The rule may have another condition now: it is looked at again where the asset was heard last.
  const applied = from.v[from.o + APPLIED]!;
  m.v[m.o + now] = applied > 0 ? applied : at;
}

function copyWaiting(m: Memory, from: Source, slots: ReadonlyMap<string, number>): void {
  const one = newSamples(1);
  for (const { ts, slot: then, value } of waiting(from)) {
    const metric = from.shape.slots[then]?.metric;
    const slot = metric === undefined ? undefined : slots.get(metric);
    one.count = slot === undefined ? 0 : 1;
    one.slots[0] = slot ?? 0;
    one.values[0] = value;
    keepWaiting(m, ts, one);
  }
}

/** By names, as rules, attributes or assets have changed since. The asset in hand is new. */
function copyAsset({ m, plan }: LaneState, shape: LaneShape, from: Source): void {
  for (const cell of [LAST_SEEN, APPLIED, NEWEST]) m.v[m.o + cell] = from.v[from.o + cell]!;
  const metric = (slot: { metric: string }): string => slot.metric;
  for (const [then, now] of paired(from.shape.slots, shape.slots, metric, metric)) {
    m.v.set(from.v.subarray(from.o + then.at, from.o + then.at + SLOT_CELLS), m.o + now.at);
  }
  const key = (item: { key: string }): string => item.key;
  for (const [then, now] of paired(from.shape.windows, shape.windows, key, key)) {
    const window = plan.windows[shape.windows.indexOf(now)]!;
    if (copyPanes(m, from, then, window)) countTotals(m.v, m.o, window);
  }
  for (const [then, now] of paired(from.shape.own, shape.own, key, key)) {
    if (then.size === now.size) {
      m.v.set(from.v.subarray(from.o + then.at, from.o + then.at + then.size), m.o + now.at);
    }
  }
  const name = (rule: { name: string }): string => rule.name;
  for (const [then, now] of paired(from.shape.rules, shape.rules, name, name))
    copyRule(m, from, then.at, now.at);
  copyWaiting(m, from, plan.slots);
}

function copyByName(state: LaneState, shape: LaneShape, kept: KeptLane): void {
  const places = new Map(kept.assets.map((id, place) => [id, place]));
  const { stride, rules } = kept.shape;
  const ruleNow = rules.map(({ name }) => shape.rules.findIndex((rule) => rule.name === name));
  const placeNow = new Map<number, number>();
  for (const [place, asset] of state.assets.entries()) {
    const old = places.get(asset.id);
    if (old === undefined) continue;
    placeNow.set(old, place);
    state.take(place);
    copyAsset(state, shape, { v: kept.pages[pageOf(old)]!, o: cellsOf(old, stride), shape: kept.shape });
  }
  for (const [key, fault] of kept.faults) {
    const place = placeNow.get(Math.floor(key / rules.length));
    const rule = ruleNow[key % rules.length]!;
    if (place !== undefined && rule >= 0) state.faults.set(place * shape.rules.length + rule, fault);
  }
}

/** Puts a lane of assets that were never heard where it was at the snapshot. */
export function restoreLane(state: LaneState, kept: KeptLane): void {
  const { plan, assets, m } = state;
  const shape = shapeOf(plan);
  const sameAssets =
    assets.length === kept.assets.length && assets.every(({ id }, i) => id === kept.assets[i]);
  if (!sameAssets || !isDeepStrictEqual(shape, kept.shape)) {
    copyByName(state, shape, kept);
    return;
  }
  for (const [i, page] of kept.pages.entries()) m.pages[i] = page;
  for (const [place, asset] of assets.entries()) {
    state.take(place);
    writeConstants(m.v, m.o, plan.lane, asset);
  }
  for (const [key, fault] of kept.faults) state.faults.set(key, fault);
}
