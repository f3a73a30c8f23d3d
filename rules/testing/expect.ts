import type { Fault, FaultChange } from '../../model/fault.ts';
import { parseDuration } from '../language/duration.ts';
import type { RuleTest } from '../language/schema.ts';

type Expectation = RuleTest['expect'][number];
type ExpectedTicket = NonNullable<Expectation['tickets']>[number];

interface Entry {
  readonly fault: Fault;
  readonly state: 'firing' | 'cleared' | 'proved';
}

/** Faults by key as they stand at a time: a ticket is open from firing until it is proved. */
export type Ledger = ReadonlyMap<string, Entry>;

export function ledgerOf(changes: readonly FaultChange[], start: number, at: string): Ledger {
  const until = start + (parseDuration(at) ?? 0);
  const ledger = new Map<string, Entry>();
  const past = changes.filter((change) => change.at <= until).sort((a, b) => a.at - b.at);
  for (const { type, fault } of past) {
    const state = type === 'cleared' || type === 'proved' ? type : 'firing';
    ledger.set(fault.key, { fault, state });
  }
  return ledger;
}

function describe({ fault, state }: Entry): string {
  const members = fault.members.length > 0 ? ` with ${fault.members.length} members` : '';
  return `${fault.key} (${fault.severity}, ${state}${members})`;
}

const listed = (items: readonly string[]): string => (items.length > 0 ? items.join(', ') : 'none');

function matches(expected: ExpectedTicket, { fault, state }: Entry): boolean {
  const { members, severity } = expected;
  if (fault.rule !== expected.rule || fault.asset !== expected.of) return false;
  if (severity !== undefined && severity !== fault.severity) return false;
  if (expected.state !== undefined ? expected.state !== state : state === 'proved') return false;
  if (typeof members === 'number') return fault.members.length === members;
  return members === undefined || [...members].sort().join() === fault.members.join();
}

function ticketText({ rule, of, members, severity, state }: ExpectedTicket): string {
  const count = typeof members === 'object' ? members.length : members;
  const details = [severity, state, count === undefined ? undefined : `with ${count} members`];
  const text = details.filter((detail) => detail !== undefined).join(', ');
  return `${rule}/${of}${text ? ` (${text})` : ''}`;
}

/** What differs between an expectation and the faults at its time, in words; empty when nothing does. */
export function differences(expectation: Expectation, ledger: Ledger): readonly string[] {
  const entries = [...ledger.values()];
  const messages: string[] = [];
  if (expectation.firing) {
    const firing = entries.filter(({ state }) => state === 'firing').map(({ fault }) => fault.key);
    const expected = [...expectation.firing].sort();
    if (expected.join() !== [...firing].sort().join()) {
      messages.push(`at ${expectation.at} firing: expected ${listed(expected)}; found ${listed(firing)}`);
    }
  }
  if (expectation.tickets) {
    const open = entries.filter(({ state }) => state !== 'proved');
    const proved = expectation.tickets.filter((ticket) => ticket.state === 'proved');
    const others = expectation.tickets.filter((ticket) => ticket.state !== 'proved');
    const right =
      others.length === open.length &&
      others.every((ticket) => open.some((entry) => matches(ticket, entry))) &&
      proved.every((ticket) => entries.some((entry) => matches(ticket, entry)));
    if (!right) {
      const expected = listed(expectation.tickets.map(ticketText));
      messages.push(
        `at ${expectation.at} tickets: expected ${expected}; found ${listed(open.map(describe))}`,
      );
    }
  }
  return messages;
}
