import { HOUR_MS, SECOND_MS } from '../../model/clock.ts';
import type { Asset } from '../../model/site.ts';
import type { Context, Timeline } from '../language/context.ts';
import type { Lane } from '../language/rule.ts';
import type { RuleState } from './machine.ts';
import { newProgress } from './progress.ts';
import { createWindow, type Pane, type Window } from './window.ts';

/** What is looked up for every asset of a lane. */
export interface LanePlan {
  readonly lane: Lane;
  readonly slots: ReadonlyMap<string, number>;
  readonly windowsOfSlot: readonly (readonly number[])[];
  /** Rules that a metric can change, and rules that every reading can. */
  readonly rulesOfSlot: readonly (readonly number[])[];
  readonly rulesOfAll: readonly number[];
}

export interface Buffered {
  readonly ts: number;
  readonly values: Record<string, number>;
}

/** One asset seen by the rules of one lane. */
export interface AssetLane {
  readonly plan: LanePlan;
  readonly asset: Asset;
  readonly c: Context & { readonly windows: readonly Window[] };
  /** By slot, the last two gaps between samples: the shorter is its usual spacing. */
  readonly gaps: Float64Array;
  readonly states: readonly RuleState[];
  /** Samples that wait for late ones, by time. */
  readonly buffer: Buffered[];
  buffered: number;
  newest: number;
  applied: number;
}

export function planLane(lane: Lane): LanePlan {
  const { layout, rules } = lane;
  return {
    lane,
    slots: new Map(layout.metrics.map((metric, slot) => [metric, slot])),
    windowsOfSlot: layout.metrics.map((_, slot) =>
      layout.windows.flatMap((window, i) => (window.slot === slot ? [i] : [])),
    ),
    rulesOfSlot: layout.metrics.map((metric) =>
      rules.flatMap((rule, i) => (!rule.everyReading && rule.metrics.includes(metric) ? [i] : [])),
    ),
    rulesOfAll: rules.flatMap((rule, i) => (rule.everyReading ? [i] : [])),
  };
}

function textOf(asset: Asset, name: string): string {
  if (name === 'id') return asset.id;
  if (name === 'zone') return asset.zone;
  return String(asset.attributes[name] ?? '');
}

const unknowns = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);

export function createAssetLane(
  plan: LanePlan,
  asset: Asset,
  timelines: readonly Timeline[],
  upSince: number,
  windows?: readonly (readonly Pane[])[],
): AssetLane {
  const { layout, rules } = plan.lane;
  const size = layout.metrics.length;
  const c: AssetLane['c'] = {
    values: unknowns(size),
    times: unknowns(size),
    expires: unknowns(size),
    changed: unknowns(size),
    windows: layout.windows.map((window, i) => createWindow(window.width_ms, windows?.[i])),
    timelines,
    numbers: layout.numbers.map((name) => Number(asset.attributes[name] ?? Number.NaN)),
    texts: layout.texts.map((name) => textOf(asset, name)),
    lastSeen: Number.NaN,
    upSince,
    wake: Number.POSITIVE_INFINITY,
  };
  return {
    plan,
    asset,
    c,
    gaps: new Float64Array(2 * size),
    states: rules.map((rule) => ({
      rule,
      c,
      live: newProgress(),
      kept: newProgress(),
      ahead: false,
      scheduled: Number.POSITIVE_INFINITY,
      fault: undefined,
    })),
    buffer: [],
    buffered: Number.POSITIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    applied: Number.NEGATIVE_INFINITY,
  };
}

/** Three heartbeats, or an hour where none is promised: then what was measured is no news any more. */
function staleAfter(asset: Asset): number {
  const heartbeat_s = Number(asset.attributes['heartbeat_s'] ?? 0);
  return heartbeat_s > 0 ? 3 * heartbeat_s * SECOND_MS : HOUR_MS;
}

/** Puts a sample in its slot and windows. The same sample again changes nothing. */
export function store(al: AssetLane, slot: number, ts: number, value: number): void {
  const { c, gaps, plan } = al;
  const last = c.times[slot]!;
  if (last >= ts) return;
  if (!Number.isNaN(last)) {
    gaps[2 * slot + 1] = gaps[2 * slot]!;
    gaps[2 * slot] = ts - last;
  }
  if (c.values[slot] !== value) c.changed[slot] = ts;
  c.values[slot] = value;
  c.times[slot] = ts;
  const spacing = Math.min(gaps[2 * slot]!, gaps[2 * slot + 1]!);
  c.expires[slot] = ts + Math.max(staleAfter(al.asset), 2 * spacing);
  for (const window of plan.windowsOfSlot[slot]!) c.windows[window]!.add(ts, value);
}

/** Keeps a sample until late ones can no longer come before it; samples of one time become one. */
export function buffer(al: AssetLane, ts: number, values: Readonly<Record<string, number>>): void {
  const { buffer: waiting } = al;
  let i = waiting.length;
  while (i > 0 && waiting[i - 1]!.ts > ts) i--;
  const same = waiting[i - 1];
  if (same?.ts === ts) Object.assign(same.values, values, { ...same.values });
  else waiting.splice(i, 0, { ts, values: { ...values } });
}
