import type { Directory } from '../../model/directory.ts';
import type { Fault } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import type { Deaf } from '../language/listening.ts';
import type { RuleSet } from '../language/rule.ts';
import { type AssetIndex, createAssetIndex } from './asset-index.ts';
import type { Watched } from './intake.ts';
import { createLaneState, type LaneState } from './lane-state.ts';
import { blocksOf } from './memory.ts';
import { FIRING, PHASE } from './progress.ts';
import { restoreLane } from './restore.ts';
import { type EngineState, keptLane } from './snapshot.ts';

/** Lanes, each as the snapshot left it. */
export function lanesOf(
  rules: RuleSet,
  directory: Directory,
  deaf: Deaf,
  state: EngineState | undefined,
): readonly LaneState[] {
  const assets = [...directory.assets()];
  return rules.lanes.map((lane) => {
    const heard = [lane.kind, ...lane.asked].flatMap((kind) => assets.filter((asset) => asset.kind === kind));
    const laneState = createLaneState(lane, heard, directory, deaf);
    const kept = keptLane(state, lane);
    if (kept) restoreLane(laneState, kept);
    return laneState;
  });
}

/** What lanes hear, by kind; assets of a kind are numbered in the order in which lanes have them. */
export function watchedKinds(
  lanes: readonly LaneState[],
  directory: Directory,
): { readonly kinds: ReadonlyMap<Kind, Watched>; readonly index: AssetIndex } {
  const kinds = new Map<Kind, Watched>();
  const ids: string[] = [];
  for (const kind of new Set(lanes.flatMap(({ plan }) => [plan.lane.kind, ...plan.lane.asked]))) {
    const from = ids.length;
    for (const asset of directory.assets()) if (asset.kind === kind) ids.push(asset.id);
    const heard = lanes.map((lane) => ({ lane, first: lane.assets.findIndex((one) => one.kind === kind) }));
    kinds.set(kind, { lanes: heard.filter(({ first }) => first >= 0), from, to: ids.length });
  }
  return { kinds, index: createAssetIndex(ids) };
}

/** Faults that were told of assets in the lane and have not cleared. */
export function firingIn(lane: LaneState): readonly Fault[] {
  const { m, faults, plan } = lane;
  return [...faults].flatMap(([key, fault]) => {
    lane.take(Math.floor(key / plan.rules.length));
    const at = m.v[m.o + plan.rules[key % plan.rules.length]!.rule.cell]!;
    return at < 0 && blocksOf(m)[PHASE - at]! >= FIRING ? [fault] : [];
  });
}
