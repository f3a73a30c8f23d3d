import { isOpenState, type Ticket } from '../../model/ticket.ts';
import type { Verdict } from '../../model/views/backtest.ts';
import type { RaisedTicket } from './ledger.ts';

/** As much of a ticket that was really there as is compared. */
export type RealTicket = Pick<
  Ticket,
  'id' | 'rule' | 'asset' | 'state' | 'opened_at' | 'closed_at' | 'updated_at' | 'resolution'
>;

/** A false alarm is what a person cancelled as one: the first of the reasons that the page offers. */
const NOTHING_FOUND = /^\s*nothing found\b/i;

export function verdictOf(ticket: RealTicket): Verdict {
  if (isOpenState(ticket.state)) return 'open';
  if (ticket.state === 'closed') return 'fault_found';
  return NOTHING_FOUND.test(ticket.resolution ?? '') ? 'nothing_found' : 'cancelled';
}

interface Span {
  readonly rule: string;
  readonly asset: string;
  readonly from: number;
  /** null = to this day. */
  readonly to: number | null;
}

function overlaps(a: Span, b: Span): boolean {
  return (
    a.rule === b.rule &&
    a.asset === b.asset &&
    a.from <= (b.to ?? Number.POSITIVE_INFINITY) &&
    b.from <= (a.to ?? Number.POSITIVE_INFINITY)
  );
}

/** Tickets of `some` that `others` have not: no ticket of the same rule and asset at an overlapping time. */
export function without<T extends Span>(some: readonly T[], others: readonly Span[]): readonly T[] {
  const byKey = new Map<string, Span[]>();
  for (const other of others) {
    const key = `${other.rule}/${other.asset}`;
    byKey.set(key, [...(byKey.get(key) ?? []), other]);
  }
  return some.filter((one) => {
    const namesakes = byKey.get(`${one.rule}/${one.asset}`) ?? [];
    return !namesakes.some((other) => overlaps(one, other));
  });
}

/** The span of a ticket that was really there. */
export function spanOf(ticket: RealTicket): Span {
  const { rule, asset, opened_at, closed_at, updated_at, state } = ticket;
  const ended = isOpenState(state) ? null : (closed_at ?? updated_at);
  return { rule, asset, from: opened_at, to: ended };
}

/** The real ticket that a raised one would have been; the first when it spans several. */
export function realTicketOf(raised: RaisedTicket, real: readonly RealTicket[]): RealTicket | undefined {
  return real.find((ticket) => overlaps(raised, spanOf(ticket)));
}
