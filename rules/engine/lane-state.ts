import type { Directory } from '../../model/directory.ts';
import type { Fault } from '../../model/fault.ts';
import { scheduleOf } from '../../model/lighting.ts';
import type { Asset } from '../../model/site.ts';
import { OWN_PAST } from '../detect/own-past.ts';
import type { Timeline } from '../language/context.ts';
import { afterListening, type Deaf } from '../language/listening.ts';
import type { Lane } from '../language/rule.ts';
import { writeNew } from './asset-cells.ts';
import { type LanePlan, planOf } from './lane-plan.ts';
import { type Memory, newMemory, select } from './memory.ts';
import { createPeers } from './peers.ts';
import { newWanted, type Wanted } from './read-ahead.ts';
import { timelineFor } from './timeline.ts';
import { newSamples, type Samples } from './waiting.ts';
import { createWakes, type Wakes } from './wakes.ts';
import { windowSlope } from './window.ts';

/** All assets of a kind as the rules of one lane see them. */
export interface LaneState {
  readonly plan: LanePlan;
  /** By place; those that rules of the lane are about come first. */
  readonly assets: readonly Asset[];
  /** How many those are. */
  readonly judged: number;
  readonly m: Memory;
  readonly wakes: Wakes;
  /** By place of the asset times number of rules plus place of the rule: the fault that was told last. */
  readonly faults: Map<number, Fault>;
  /** Cells that readings which were looked up together will need, in the order in which they are fetched. */
  readonly wanted: { readonly first: Wanted; readonly second: Wanted };
  /** Samples that had to wait, while they are in hand. */
  readonly released: Samples;
  take(place: number): void;
}

export const faultKey = (state: LaneState, rule: number): number =>
  state.m.place * state.plan.rules.length + rule;

function memoryOf(plan: LanePlan, assets: readonly Asset[], deaf: Deaf): Memory {
  const m: Memory = {
    ...newMemory(assets.length, plan.stride),
    o: 0,
    wake: Number.POSITIVE_INFINITY,
    stale: Number.POSITIVE_INFINITY,
    timelines: [],
    afterListening: (from, ms) => afterListening(deaf, from, ms),
    asset: () => assets[m.place]!,
    slope: (window) => windowSlope(m, plan.windows[window]!.plan),
    peers: () => Number.NaN,
    total: () => Number.NaN,
    own: OWN_PAST,
    place: 0,
    beforeChange: undefined,
  };
  return m;
}

/** Timelines by site and lighting schedule; assets say theirs by a small number. */
function timelinesOf(
  { layout }: Lane,
  assets: readonly Asset[],
  directory: Directory,
): { readonly ofPlace: readonly (readonly Timeline[])[]; readonly placeOf: Uint16Array } {
  const places = new Map<string, number>();
  const ofPlace: (readonly Timeline[])[] = [];
  const placeOf = Uint16Array.from(assets, (asset) => {
    const schedule = scheduleOf(asset, directory.asset(asset.circuit));
    const key = `${asset.site}/${schedule}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    const site = directory.site(asset.site)!;
    ofPlace.push(layout.timelines.map((timeline) => timelineFor(timeline, site, schedule)));
    places.set(key, ofPlace.length - 1);
    return ofPlace.length - 1;
  });
  return { ofPlace, placeOf };
}

/** The lane with assets that were never heard. `assets`: all of the lane's kind, then those that they ask. */
export function createLaneState(
  lane: Lane,
  assets: readonly Asset[],
  directory: Directory,
  deaf: Deaf,
): LaneState {
  const plan = planOf(lane);
  const m = memoryOf(plan, assets, deaf);
  const { ofPlace, placeOf } = timelinesOf(lane, assets, directory);
  m.timelines = ofPlace[0] ?? [];
  const areAllAlike = ofPlace.length <= 1;
  const takeAsset = (place: number): void => {
    select(m, place);
    if (!areAllAlike) m.timelines = ofPlace[placeOf[place]!]!;
  };
  Object.assign(
    m,
    createPeers(plan, m, assets, (place) => ofPlace[placeOf[place]!]!),
  );
  for (const [place, asset] of assets.entries()) {
    takeAsset(place);
    writeNew(m.v, m.o, lane, asset);
  }
  return {
    plan,
    assets,
    judged: assets.filter(({ kind }) => kind === lane.kind).length,
    m,
    wakes: createWakes(),
    faults: new Map(),
    wanted: { first: newWanted(), second: newWanted() },
    released: newSamples(lane.layout.slots.length),
    take: takeAsset,
  };
}
