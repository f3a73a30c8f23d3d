import type { Directory } from '../../model/directory.ts';
import type { Fault, FaultChange, Severity } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import type { Reading } from '../../model/reading.ts';
import type { Asset } from '../../model/site.ts';
import type { RuleInfo, RuleSet } from '../language/rule.ts';
import { type AssetLane, createAssetLane, planLane } from './asset-lane.ts';
import { componentsOf } from './components.ts';
import { type Correlator, createCorrelator } from './correlate.ts';
import { causeOf, faultOf } from './fault-of.ts';
import type { RuleState } from './machine.ts';
import { FIRING } from './progress.ts';
import {
  correlatorState,
  decodeState,
  type EngineState,
  encodeState,
  laneKey,
  restoreLane,
  saveLane,
  windowsOf,
} from './snapshot.ts';
import { timelineFor } from './timeline.ts';
import { createWatcher } from './watcher.ts';

export interface EngineOptions {
  readonly rules: RuleSet;
  readonly directory: Directory;
  /** Since when readings come without a gap, epoch milliseconds: silence before it is nobody's. */
  readonly upSince: number;
  /** What `snapshot` gave. */
  readonly snapshot?: Uint8Array | undefined;
}

/** A rule in force, for lists. */
export interface RuleDescription {
  readonly rule: string;
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly severity: Severity;
  readonly title: string;
  readonly when: string;
  readonly clear: string | null;
  readonly for_ms: number;
  readonly proof: string | null;
  /** Faults that it shows now. */
  readonly firing: number;
}

/** Rules running on event time. Pure: no clock, no chance, no I/O. */
export interface Engine {
  /** Takes a reading; answers what follows at once. Repeated and late ones are taken for what they are. */
  step(reading: Reading): readonly FaultChange[];
  /**
   * Says that everything measured before `now` has arrived, but for what rules still wait for (`lateness`): holds
   * end, silence is heard, groups are decided. Call it every second live, and after each slice of history.
   */
  advance(now: number): readonly FaultChange[];
  /** All that it remembers; an engine made from it goes on as if nothing had happened. */
  snapshot(): Uint8Array;
  /** Faults that fire now. */
  faults(): readonly Fault[];
  describe(): readonly RuleDescription[];
}

function describeRule(info: RuleInfo, active: readonly Fault[]): RuleDescription {
  return {
    rule: info.name,
    kind: info.kinds[0]!,
    kinds: info.kinds,
    severity: info.severity,
    title: info.title.source,
    when: info.when ?? '',
    clear: info.clear,
    for_ms: info.for_ms,
    proof: info.proof ?? null,
    firing: active.filter((fault) => fault.rule === info.name).length,
  };
}

/** Assets with the lanes that watch them, each as the snapshot left it. */
function assetLanes(
  { rules, directory, upSince }: EngineOptions,
  state: EngineState | undefined,
): Map<string, readonly AssetLane[]> {
  const plans = rules.lanes.map(planLane);
  const lanesOf = (asset: Asset): readonly AssetLane[] => {
    const site = directory.site(asset.site)!;
    return plans
      .filter((plan) => plan.lane.kind === asset.kind)
      .map((plan) => {
        const timelines = plan.lane.layout.timelines.map((what) => timelineFor(what, site));
        const { lateness_ms, clock_skew_ms } = plan.lane;
        const kept = state?.lanes[`${asset.id}/${lateness_ms}/${clock_skew_ms}`];
        const al = createAssetLane(plan, asset, timelines, upSince, windowsOf(plan.lane, kept));
        if (kept) restoreLane(al, kept);
        return al;
      });
  };
  return new Map([...directory.assets()].map((asset) => [asset.id, lanesOf(asset)]));
}

/** Throws StewardError `internal` when the snapshot cannot be read. */
export function createEngine(options: EngineOptions): Engine {
  const { rules, directory } = options;
  const state = options.snapshot && decodeState(options.snapshot);
  const lanes = assetLanes(options, state);
  let changes: FaultChange[] = [];
  const active = new Map<string, Fault>();
  const tell = (change: FaultChange): void => void changes.push(change);
  const correlators = new Map<string, Correlator>();
  const all = componentsOf(rules.infos.values()).map((infos) => {
    const kept = correlatorState(
      state,
      infos.map(({ name }) => name),
    );
    const correlator = createCorrelator(infos, directory, tell, kept);
    for (const info of infos) correlators.set(info.name, correlator);
    return correlator;
  });
  const horizons = all.map((one) => Math.max(...one.rules.map((info) => info.lateness_ms)));

  const watcher = createWatcher((s: RuleState, al: AssetLane, type, t) => {
    if (type === 'firing' || type === 'amended') s.fault = faultOf(s, al.asset, directory, t);
    const fault = s.fault!;
    const correlator = correlators.get(s.rule.name);
    if (correlator) {
      correlator.hear({ t, type, rule: s.rule.name, asset: al.asset.id, fault });
      return;
    }
    tell({ type, fault, at: t, cause: causeOf(fault.key, t, type) });
    if (type === 'firing' || type === 'amended') active.set(fault.key, fault);
    else active.delete(fault.key);
  });
  for (const al of [...lanes.values()].flat()) {
    watcher.resume(al);
    for (const s of al.states) {
      if (s.fault && s.live.phase >= FIRING && !correlators.has(s.rule.name))
        active.set(s.fault.key, s.fault);
    }
  }
  const take = (): readonly FaultChange[] => {
    const taken = changes;
    if (taken.length > 0) changes = [];
    return taken;
  };
  const faults = (): readonly Fault[] => [...active.values(), ...all.flatMap((one) => one.active())];
  return {
    step: (reading) => {
      for (const al of lanes.get(reading.asset) ?? []) {
        // One fast clock must not make the others late.
        if (reading.ts - reading.received > al.plan.lane.clock_skew_ms) continue;
        watcher.step(al, reading.ts, reading.values);
      }
      return take();
    },
    advance: (now) => {
      watcher.advance(now);
      all.forEach((one, i) => {
        one.advance(now - horizons[i]!);
      });
      return take();
    },
    snapshot: () =>
      encodeState({
        lanes: Object.fromEntries([...lanes.values()].flat().map((al) => [laneKey(al), saveLane(al)])),
        correlators: all.map((one) => one.state()),
      }),
    faults,
    describe: () => {
      const now = faults();
      return [...rules.infos.values()].map((info) => describeRule(info, now));
    },
  };
}
