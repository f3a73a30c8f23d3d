import { isDeepStrictEqual } from 'node:util';
import { APPLIED, LAST_SEEN, NEWEST, PANE_COUNT, PANES, SLOT_CELLS } from '../language/cells.ts';
import { writeConstants } from './asset-cells.ts';
import { type LaneShape, shapeOf, type WindowShape } from './lane-shape.ts';
import type { LaneState } from './lane-state.ts';
import { blocksOf, cellsOf, type Memory, PAGE_ASSETS, pageOf, take } from './memory.ts';
import { beginPanes } from './panes.ts';
import { ROW_CELLS } from './progress.ts';
import type { KeptLane } from './snapshot.ts';
import { keepWaiting, newSamples, waiting } from './waiting.ts';
import type { WindowPlan } from './window-plan.ts';

/** An asset's cells where they were, and blocks. */
interface Source {
  readonly v: Float64Array;
  readonly o: number;
  readonly blocks: Float64Array;
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
  const [source, first] = block === 0 ? [from.v, from.o + then.near] : [from.blocks, block];
  const into = beginPanes(m, now, count);
  for (let i = 0; i < count; i++) {
    for (const [old, place] of pairs) {
      into.array[into.first + i * now.stride + place] = source[first + i * then.stride + old]!;
    }
  }
  return true;
}

function copyRule(m: Memory, from: Source, then: number, now: number): void {
  const at = from.v[from.o + then]!;
  if (at < 0) {
    const row = take(m, ROW_CELLS);
    blocksOf(m).set(from.blocks.subarray(-at, ROW_CELLS - at), row);
    m.v[m.o + now] = -row;
    return;
  }
  // The rule may have another condition now: it is looked at again where the asset was heard last.
  const applied = from.v[from.o + APPLIED]!;
  m.v[m.o + now] = applied > 0 ? applied : at;
}

function copyWaiting(m: Memory, from: Source, slots: ReadonlyMap<string, number>): void {
  const one = newSamples(1);
  for (const { ts, slot: then, value } of waiting(from, from.blocks)) {
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
    if (copyPanes(m, from, then, window.plan)) window.count(m, window.plan);
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

/** Cells and blocks in a piece of the snapshot. */
function piecesOf({ pieces, assets, shape }: KeptLane): (place: number) => Source {
  let made: Pick<Source, 'v' | 'blocks'> = { v: new Float64Array(), blocks: new Float64Array() };
  let madePage = -1;
  return (place) => {
    const page = pageOf(place);
    if (page !== madePage) {
      madePage = page;
      const piece = pieces[page]!();
      const cells = Math.min(PAGE_ASSETS, assets.length - page * PAGE_ASSETS) * shape.stride;
      made = { v: piece.subarray(0, cells), blocks: piece.subarray(cells) };
    }
    return { ...made, o: (place % PAGE_ASSETS) * shape.stride, shape };
  };
}

function copyByName(state: LaneState, shape: LaneShape, kept: KeptLane): void {
  const places = new Map(kept.assets.map((id, place) => [id, place]));
  const { rules } = kept.shape;
  const sourceOf = piecesOf(kept);
  const ruleNow = rules.map(({ name }) => shape.rules.findIndex((rule) => rule.name === name));
  const placeNow = new Map<number, number>();
  for (const [place, asset] of state.assets.entries()) {
    const old = places.get(asset.id);
    if (old === undefined) continue;
    placeNow.set(old, place);
    state.take(place);
    copyAsset(state, shape, sourceOf(old));
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
  const sourceOf = piecesOf(kept);
  for (let place = 0; place < assets.length; place += PAGE_ASSETS) {
    const { v, blocks } = sourceOf(place);
    m.v.set(v, cellsOf(place, m.stride));
    if (blocks.length > 0) m.pages[pageOf(place)] = blocks.slice();
  }
  for (const [place, asset] of assets.entries()) {
    state.take(place);
    writeConstants(m.v, m.o, plan.lane, asset);
  }
  for (const [key, fault] of kept.faults) state.faults.set(key, fault);
}
