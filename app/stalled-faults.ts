import type { Fault, FaultChange } from '../model/fault.ts';
import type { Asset } from '../model/site.ts';
import type { Stall } from './stalled.ts';

const RULE = 'steward-stands-still';
const TITLES: Readonly<Record<string, string>> = {
  event_loop: 'Steward was blocked',
  journal_append: 'Steward cannot keep readings: its journal takes none',
  series_writer: 'Readings do not reach the series engine',
  rules: 'The rules of Steward stand still',
};
const HOUR_MS = 3_600_000;

/** The rule name that faults of a step have; a step is a rule of its own, so that each gets its own ticket. */
export function stallRule(step: string): string {
  return `${RULE}-${step.replaceAll('_', '-')}`;
}

function faultOf(stall: Stall, asset: Asset): Fault {
  const rule = stallRule(stall.step);
  return {
    key: `${rule}/${asset.id}`,
    rule,
    asset: asset.id,
    kind: asset.kind,
    site: asset.site,
    zone: asset.zone,
    severity: 'critical',
    title: TITLES[stall.step] ?? `Steward: ${stall.step} stands still`,
    trade: 'steward',
    since: stall.since,
    members: [],
    evidence: {
      expression: '',
      text: `${stall.step} ${stall.text}`,
      values: { step: stall.step },
      metrics: [],
      from: stall.since - HOUR_MS,
      to: stall.since + HOUR_MS,
    },
    proof: 'the step goes on',
  };
}

export interface StallFaults {
  /** What changed since the last look. A step that goes on is its own proof: its fault is cleared and proved. */
  look(stalls: readonly Stall[], now: number): readonly FaultChange[];
  active(): readonly Fault[];
}

/** Faults of Steward itself, told for the asset that stands for it. `open`: those that an earlier run left firing. */
export function stallFaults(asset: Asset, open: readonly Fault[]): StallFaults {
  const firing = new Map(open.map((fault) => [fault.rule, fault]));
  const change = (type: FaultChange['type'], fault: Fault, at: number): FaultChange => ({
    type,
    fault,
    at,
    cause: `${fault.key}/${at}:${type}`,
  });
  return {
    look: (stalls, now) => {
      const changes: FaultChange[] = [];
      const standing = new Set(stalls.map(({ step }) => stallRule(step)));
      for (const [rule, fault] of firing) {
        if (standing.has(rule)) continue;
        firing.delete(rule);
        changes.push(change('cleared', fault, now), change('proved', fault, now));
      }
      for (const stall of stalls) {
        if (firing.has(stallRule(stall.step))) continue;
        const fault = faultOf(stall, asset);
        firing.set(fault.rule, fault);
        changes.push(change('firing', fault, now));
      }
      return changes;
    },
    active: () => [...firing.values()],
  };
}
