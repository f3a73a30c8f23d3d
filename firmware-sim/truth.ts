import { rfc3339 } from '../model/clock.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import type { Fleet } from './fleet.ts';

/** One fault that was made: what a caretaker who sees everything would write down. Times are RFC 3339. */
export interface Truth {
  /** Rule of the library that finds it. */
  readonly rule: string;
  /** What was made, as the scenario names it. */
  readonly fault: FaultKind;
  readonly asset: string;
  /** Simulated assets that a fault of a circuit or a gateway takes with it. */
  readonly members?: readonly string[];
  readonly from: string;
  /** Null while it goes on. */
  readonly to: string | null;
  /**
   * When the telemetry that was heard first showed the documented condition, for so long that nobody could miss it;
   * null when it never did: nobody can be blamed for not finding it.
   */
  readonly observable: string | null;
}

const TAKES_MEMBERS: ReadonlySet<FaultKind> = new Set(['circuit_out', 'gateway_silent', 'gateway_outage']);

/** The faults that have begun by the fleet's time, in order. What is still to come is not yet true. */
export function truthOf(fleet: Fleet): Truth[] {
  const now = fleet.time();
  return fleet
    .sightings()
    .filter(({ injection }) => injection.from < now)
    .map((sighting) => {
      const { fault, asset, from, to } = sighting.injection;
      const members = TAKES_MEMBERS.has(fault) ? { members: fleet.membersOf(asset) } : {};
      const observable = sighting.observable(now);
      return {
        rule: FAULT_KINDS[fault].rule,
        fault,
        asset,
        ...members,
        from: rfc3339(from),
        to: to === null || to > now ? null : rfc3339(to),
        observable: observable === null ? null : rfc3339(observable),
      };
    });
}
