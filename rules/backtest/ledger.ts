import type { FaultChange } from '../../model/fault.ts';
import type { Raised } from '../../model/views/backtest.ts';

/** A ticket that rules would have raised. Times are epoch milliseconds of event time. */
export type RaisedTicket = Raised<number>;

/** Turns what the engine says into tickets as the desk would: one per key, re-opened within the window. */
export interface Ledger {
  take(changes: readonly FaultChange[]): void;
  /** In the order of opening. */
  tickets(): readonly RaisedTicket[];
}

interface Open {
  readonly ticket: RaisedTicket;
  to: number | null;
  returned: number;
  readonly members: Set<string>;
  closed: number | undefined;
}

/**
 * `reopenWindowMs`: a fault that comes back so long after its proof re-opens its ticket. A ticket without proof
 * waits for a person, who is taken to come as soon as the fault has cleared. Changes after `until` are not heard.
 */
export function createLedger(reopenWindowMs: number, until: number): Ledger {
  const newest = new Map<string, Open>();
  const all: Open[] = [];
  const firing = ({ fault, at }: FaultChange): void => {
    const { key, rule, asset, kind, site, zone, severity, title } = fault;
    let open = newest.get(key);
    if (open && (open.closed === undefined || at - open.closed <= reopenWindowMs)) {
      if (open.to !== null) open.returned++;
      open.to = null;
      open.closed = undefined;
    } else {
      const ticket = { rule, asset, kind, site, zone, severity, title, from: at };
      open = {
        ticket: { ...ticket, to: null, returned: 0, members: [] },
        to: null,
        returned: 0,
        members: new Set(),
        closed: undefined,
      };
      newest.set(key, open);
      all.push(open);
    }
    for (const member of fault.members) open.members.add(member);
  };
  const later = ({ type, fault, at }: FaultChange): void => {
    const open = newest.get(fault.key);
    if (!open) return;
    if (type === 'amended') for (const member of fault.members) open.members.add(member);
    if (type === 'cleared') open.to = at;
    if (type === 'proved' || (type === 'cleared' && fault.proof === undefined)) open.closed = at;
  };
  return {
    take: (changes) => {
      for (const change of changes) {
        if (change.at > until) continue;
        if (change.type === 'firing') firing(change);
        else later(change);
      }
    },
    tickets: () =>
      all
        .map(({ ticket, to, returned, members }) => ({
          ...ticket,
          to,
          returned,
          members: [...members].sort(),
        }))
        .sort((a, b) => a.from - b.from || (`${a.rule}/${a.asset}` < `${b.rule}/${b.asset}` ? -1 : 1)),
  };
}
