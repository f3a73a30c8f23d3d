import { HOUR_MS } from '../model/clock.ts';
import type { Site } from '../model/site.ts';
import { nightsBefore } from './calendar.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Scenario } from './scenario.ts';
import { resolveWhen } from './scenario-time.ts';

/** A fault of the scenario at its place in time, epoch milliseconds; `to` null = it goes on. */
export interface Injection {
  readonly fault: FaultKind;
  readonly asset: string;
  readonly from: number;
  readonly to: number | null;
  readonly vibration_mm_s: number | undefined;
  readonly battery_pct: number | undefined;
  readonly onset_h: number;
}

/** The scenario told from `now`, in order of time. Faults told from nights that never came are left out. */
export function injectionsOf(scenario: Scenario, site: Site, now: number): Injection[] {
  const nights = nightsBefore(now, site);
  return scenario.faults
    .flatMap(({ when, ...fault }) => {
      const span = resolveWhen(when, now, nights);
      return span ? [{ ...fault, ...span }] : [];
    })
    .sort((a, b) => a.from - b.from);
}

/** What ails one asset. */
export interface Ailments {
  /** The injection of this kind that holds at the time, if any. */
  at(fault: FaultKind, at: number): Injection | undefined;
  /** How far the fault has come, 0 to 1. */
  severity(fault: FaultKind, at: number): number;
  all(fault: FaultKind): readonly Injection[];
  /** The first begin or end after the time; Infinity when there is none. */
  nextEdge(after: number): number;
}

function holds({ from, to }: Injection, at: number): boolean {
  return at >= from && (to === null || at < to);
}

export function ailmentsOf(injections: readonly Injection[], asset: string): Ailments {
  const own = injections.filter((injection) => injection.asset === asset);
  const edges = own.flatMap(({ from, to }) => (to === null ? [from] : [from, to])).sort((a, b) => a - b);
  const held = (fault: FaultKind, at: number): Injection | undefined =>
    own.find((injection) => injection.fault === fault && holds(injection, at));
  return {
    at: held,
    severity: (fault, at) => {
      const injection = held(fault, at);
      if (!injection) return 0;
      const { onset_h, from } = injection;
      return onset_h === 0 ? 1 : Math.min(1, (at - from) / (onset_h * HOUR_MS));
    },
    all: (fault) => own.filter((injection) => injection.fault === fault),
    nextEdge: (after) => edges.find((edge) => edge > after) ?? Number.POSITIVE_INFINITY,
  };
}
