import { rfc3339 } from '../model/clock.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import type { Fleet } from './fleet.ts';

/** One fault that was made: what a caretaker who sees everything would write down. Times are RFC 3339. */
export interface Truth {
  /** Rule of the library that finds it. */
  readonly rule: string;
  readonly asset: string;
  /** Simulated assets that a fault of a circuit or a gateway takes with it. */
  readonly members?: readonly string[];
  readonly from: string;
  /** Null while it goes on. */
  readonly to: string | null;
}

/** The faults that have begun by the fleet's time, in order. What is still to come is not yet true. */
export function truthOf(fleet: Fleet): Truth[] {
  const now = fleet.time();
  return fleet
    .injections()
    .filter(({ from }) => from < now)
    .map(({ fault, asset, from, to }) => {
      const members =
        fault === 'circuit_out' || fault === 'gateway_silent' ? { members: fleet.membersOf(asset) } : {};
      return {
        rule: FAULT_KINDS[fault].rule,
        asset,
        ...members,
        from: rfc3339(from),
        to: to === null || to > now ? null : rfc3339(to),
      };
    });
}
