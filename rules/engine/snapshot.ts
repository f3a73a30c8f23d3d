import { deserialize, serialize } from 'node:v8';
import { StewardError } from '../../model/codes.ts';
import type { Fault } from '../../model/fault.ts';
import type { Lane } from '../language/rule.ts';
import type { AssetLane, Buffered } from './asset-lane.ts';
import type { CorrelatorState } from './node.ts';
import { copyProgress, type Progress } from './progress.ts';
import type { Pane } from './window.ts';

const VERSION = 1;

interface SlotState {
  readonly value: number;
  readonly time: number;
  readonly expires: number;
  readonly changed: number;
  readonly gaps: readonly [number, number];
}

/** All that one asset's lane remembers, by names: rules and layouts may differ when it is read again. */
interface LaneState {
  readonly slots: Readonly<Record<string, SlotState>>;
  readonly windows: Readonly<Record<string, readonly Pane[]>>;
  readonly rules: Readonly<
    Record<string, { live: Progress; kept: Progress; ahead: boolean; fault: Fault | undefined }>
  >;
  readonly buffer: readonly Buffered[];
  readonly lastSeen: number;
  readonly newest: number;
  readonly applied: number;
}

export interface EngineState {
  readonly version: number;
  readonly lanes: Readonly<Record<string, LaneState>>;
  readonly correlators: readonly CorrelatorState[];
}

export function laneKey(al: AssetLane): string {
  const { lateness_ms, clock_skew_ms } = al.plan.lane;
  return `${al.asset.id}/${lateness_ms}/${clock_skew_ms}`;
}

function windowNames({ layout }: Lane): readonly string[] {
  return layout.windows.map(({ slot, width_ms }) => `${layout.metrics[slot]}/${width_ms}`);
}

export function saveLane(al: AssetLane): LaneState {
  const { c, gaps } = al;
  return {
    slots: Object.fromEntries(
      [...al.plan.slots].map(([metric, i]) => [
        metric,
        {
          value: c.values[i]!,
          time: c.times[i]!,
          expires: c.expires[i]!,
          changed: c.changed[i]!,
          gaps: [gaps[2 * i]!, gaps[2 * i + 1]!] as const,
        },
      ]),
    ),
    windows: Object.fromEntries(windowNames(al.plan.lane).map((name, i) => [name, c.windows[i]!.panes()])),
    rules: Object.fromEntries(
      al.states.map(({ rule, live, kept, ahead, fault }) => [rule.name, { live, kept, ahead, fault }]),
    ),
    buffer: al.buffer,
    lastSeen: c.lastSeen,
    newest: al.newest,
    applied: al.applied,
  };
}

/** The kept panes of each window of the lane. */
export function windowsOf(lane: Lane, state: LaneState | undefined): (readonly Pane[])[] {
  return windowNames(lane).map((name) => state?.windows[name] ?? []);
}

export function restoreLane(al: AssetLane, state: LaneState): void {
  const { c, gaps } = al;
  for (const [metric, i] of al.plan.slots) {
    const slot = state.slots[metric];
    if (!slot) continue;
    c.values[i] = slot.value;
    c.times[i] = slot.time;
    c.expires[i] = slot.expires;
    c.changed[i] = slot.changed;
    gaps.set(slot.gaps, 2 * i);
  }
  for (const s of al.states) {
    const kept = state.rules[s.rule.name];
    if (!kept) continue;
    copyProgress(kept.live, s.live);
    copyProgress(kept.kept, s.kept);
    s.ahead = kept.ahead;
    s.fault = kept.fault;
  }
  al.buffer.push(...state.buffer);
  c.lastSeen = state.lastSeen;
  al.newest = state.newest;
  al.applied = state.applied;
}

/** What a correlator of these rules knew, though rules may have been grouped differently then. */
export function correlatorState(
  state: EngineState | undefined,
  rules: readonly string[],
): CorrelatorState | undefined {
  const kept = (state?.correlators ?? []).filter((one) => one.rules.some((name) => rules.includes(name)));
  if (kept.length === 0) return undefined;
  return {
    rules,
    nodes: kept.flatMap(({ nodes }) => nodes),
    queue: kept.flatMap(({ queue }) => queue),
    now: Math.min(...kept.map(({ now }) => now)),
  };
}

export function encodeState(state: Omit<EngineState, 'version'>): Uint8Array {
  return serialize({ version: VERSION, ...state });
}

/** Throws StewardError `internal` when the bytes are no snapshot of this version. */
export function decodeState(bytes: Uint8Array): EngineState {
  let state: unknown;
  try {
    state = deserialize(bytes);
  } catch (cause) {
    throw new StewardError('internal', 'the snapshot of the rules cannot be read', { cause });
  }
  if ((state as EngineState | undefined)?.version !== VERSION) {
    throw new StewardError('internal', 'the snapshot of the rules is of another version');
  }
  return state as EngineState;
}
