import type { Directory } from '../../model/directory.ts';
import type { RuleExplanation } from '../../model/explanation.ts';
import type { Fault, FaultChange, Severity } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import type { Reading } from '../../model/reading.ts';
import { deafAlso, deafUntil } from '../language/listening.ts';
import type { RuleInfo, RuleSet } from '../language/rule.ts';
import { componentsOf } from './components.ts';
import { type Correlator, createCorrelator } from './correlate.ts';
import { explainLane } from './explain.ts';
import { causeOf, faultOf } from './fault-of.ts';
import { type AssetRows, createIntake } from './intake.ts';
import { faultKey } from './lane-state.ts';
import { firingIn, lanesOf, watchedKinds } from './lanes.ts';
import { blocksOf } from './memory.ts';
import { captureState, correlatorState, decodeState } from './snapshot.ts';
import { createWatcher } from './watcher.ts';

/** Assets that are looked at in one part of an advance. */
const LOOKS_OF_A_PART = 2_000;

export interface EngineOptions {
  readonly rules: RuleSet;
  readonly directory: Directory;
  /** Since when somebody listens again, epoch milliseconds: what was not said before is nobody's silence. */
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
  /** What the rule's own names in these mean, each as `name = expression`. */
  readonly where: readonly string[];
  readonly for_ms: number;
  readonly proof: string | null;
  /** Faults that it shows now. */
  readonly firing: number;
}

/** Rules running on event time. Pure: no clock, no chance, no I/O. */
export interface Engine {
  /** Takes a reading; answers what follows at once. Repeated and late ones are taken for what they are. */
  step(reading: Reading): readonly FaultChange[];
  /** The same for one reading after another, in less time. */
  stepAll(readings: readonly Reading[]): readonly FaultChange[];
  /** The same for readings of one asset that lie in columns. Changes of one rule and asset keep their order. */
  stepRows(rows: AssetRows): readonly FaultChange[];
  /**
   * Says that everything measured before `now` has arrived, but for what rules still wait for (`lateness`): holds
   * end, silence is heard, groups are decided. Call it every second live, and after each slice of history.
   */
  advance(now: number): readonly FaultChange[];
  /** A part of `advance` that takes some milliseconds: to be called again until it is done. */
  advancePart(now: number): { readonly changes: readonly FaultChange[]; readonly done: boolean };
  /** All that it remembers; an engine made from it goes on as if nothing had happened. */
  snapshot(): Uint8Array;
  /** The same, of now, in pieces that are made when they are asked for, whatever the engine does meanwhile. */
  capture(): Iterable<Uint8Array>;
  /** Faults that fire now. */
  faults(): readonly Fault[];
  describe(): readonly RuleDescription[];
  /** Why each rule on its kind fires for the asset, or does not; nothing for an asset that it does not know. */
  explain(asset: string): readonly RuleExplanation[];
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
    where: info.where,
    for_ms: info.for_ms,
    proof: info.proof ?? null,
    firing: active.filter((fault) => fault.rule === info.name).length,
  };
}

/** Throws StewardError `internal` when the snapshot cannot be read. */
export function createEngine(options: EngineOptions): Engine {
  const { rules, directory, upSince } = options;
  const state = options.snapshot && decodeState(options.snapshot);
  const deaf = state ? deafAlso(state.deaf, state.heard, upSince) : deafUntil(upSince);
  let heard = Math.max(state?.heard ?? upSince, upSince);
  const lanes = lanesOf(rules, directory, deaf, state);
  const { kinds, index } = watchedKinds(lanes, directory);
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

  const watcher = createWatcher((lane, rule, row, type, t) => {
    const { rule: compiled } = lane.plan.rules[rule]!;
    const key = faultKey(lane, rule);
    if (type === 'firing' || type === 'amended')
      lane.faults.set(key, faultOf(compiled, lane.m, blocksOf(lane.m), row, directory, t));
    const fault = lane.faults.get(key)!;
    const correlator = correlators.get(compiled.name);
    if (correlator) {
      correlator.hear({ t, type, rule: compiled.name, asset: fault.asset, fault });
      return;
    }
    tell({ type, fault, at: t, cause: causeOf(fault.key, t, type) });
    if (type === 'firing' || type === 'amended') active.set(fault.key, fault);
    else active.delete(fault.key);
  });
  for (const lane of lanes) {
    for (const place of lane.assets.keys()) {
      lane.take(place);
      watcher.resume(lane);
    }
    for (const fault of firingIn(lane)) if (!correlators.has(fault.rule)) active.set(fault.key, fault);
  }
  const take = (): readonly FaultChange[] => {
    const taken = changes;
    if (taken.length > 0) changes = [];
    return taken;
  };
  const advancePart = (now: number): boolean => {
    heard = Math.max(heard, now);
    let left = LOOKS_OF_A_PART;
    for (const lane of lanes) left = watcher.advance(lane, now, left);
    if (left === 0) return false;
    all.forEach((one, i) => {
      one.advance(now - horizons[i]!);
    });
    return true;
  };
  const capture = (): Iterable<Uint8Array> =>
    captureState(
      { heard, deaf },
      lanes,
      all.map((one) => one.state()),
    );
  const intake = createIntake(kinds, index, watcher);
  const stepAll = (readings: readonly Reading[]): readonly FaultChange[] => {
    intake.stepAll(readings);
    heard = Math.max(heard, readings.at(-1)?.received ?? heard);
    return take();
  };
  const faults = (): readonly Fault[] => [...active.values(), ...all.flatMap((one) => one.active())];
  return {
    step: (reading) => stepAll([reading]),
    stepAll,
    stepRows: (rows) => {
      intake.stepRows(rows);
      return take();
    },
    advance: (now) => {
      while (!advancePart(now));
      return take();
    },
    advancePart: (now) => {
      const done = advancePart(now);
      return { changes: take(), done };
    },
    snapshot: () => new Uint8Array(Buffer.concat([...capture()])),
    capture,
    faults,
    explain: (id) => {
      const kind = directory.asset(id)?.kind ?? ('' as Kind);
      const watched = kinds.get(kind);
      if (!watched) return [];
      const active = faults();
      return watched.lanes.flatMap(({ lane, first }) => {
        if (lane.plan.lane.kind !== kind) return [];
        lane.take(first + index.of(id) - watched.from);
        return explainLane(lane, heard, rules.overrides, active);
      });
    },
    describe: () => {
      const now = faults();
      return [...rules.infos.values()].map((info) => describeRule(info, now));
    },
  };
}
