import { type FaultChange, SEVERITIES, type Severity } from '../model/fault.ts';
import type { Ticket, TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { advance, eventOf } from './lifecycle.ts';
import type { TicketPolicy } from './policy.ts';

/** Whether a severity is above another. */
export function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}

/** Members that joined or left, and a severity that rose. */
export function amended(
  change: FaultChange,
  ticket: Ticket | undefined,
  policy: TicketPolicy,
): readonly TicketChange[] {
  if (!ticket?.fault_active) return [];
  const worse = isWorse(change.fault.severity, ticket.severity) ? [worsened(change, ticket, policy)] : [];
  const now = worse.at(-1)?.ticket ?? ticket;
  const note = membersNote(now.members, change.fault.members);
  if (note === '') return worse;
  const event: TicketEvent = {
    ...eventOf(change, now, { type: 'members_changed', note, state: now.state }),
    cause: worse.length === 0 ? change.cause : `${change.cause}/members`,
  };
  const { members, title } = change.fault;
  return [...worse, advance(now, event, { members, title })];
}

/** A fault that grew worse leaves less time. That it grew milder is no reason to take any of it back. */
function worsened(change: FaultChange, ticket: Ticket, policy: TicketPolicy): TicketChange {
  const { severity, evidence } = change.fault;
  const limits = policy.limits(ticket.site, severity);
  const note = `now ${severity}: ${evidence.text}`;
  const event: TicketEvent = {
    ...eventOf(change, ticket, { type: 'noted', note, state: ticket.state }),
    severity,
  };
  return advance(ticket, event, {
    evidence,
    respond_by: Math.min(ticket.respond_by, change.at + limits.respondMs),
    resolve_by: Math.min(ticket.resolve_by, change.at + limits.resolveMs),
  });
}

/** Who joined and who left; empty when nobody did. */
function membersNote(before: readonly string[], after: readonly string[]): string {
  const joined = after.filter((member) => !before.includes(member));
  const left = before.filter((member) => !after.includes(member));
  const parts = [
    joined.length > 0 ? `joined: ${joined.join(', ')}` : '',
    left.length > 0 ? `left: ${left.join(', ')}` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
