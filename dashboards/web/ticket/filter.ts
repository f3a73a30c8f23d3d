import { SEVERITIES } from '../../../model/fault.ts';
import { isKind, type Kind } from '../../../model/kinds.ts';
import type { TicketState } from '../../../model/ticket.ts';
import type { TicketView } from '../../../model/views/ticket.ts';

export const STAGES = ['open', 'waiting', 'work', 'proof', 'closed'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_WORD: Record<Stage, string> = {
  open: 'All open',
  waiting: 'Not begun',
  work: 'In work',
  proof: 'Being proved',
  closed: 'Closed',
};

const STAGE_STATES: Record<Stage, readonly TicketState[]> = {
  open: ['open', 'assigned', 'acknowledged', 'in_progress', 'on_hold', 'done', 'proving'],
  waiting: ['open', 'assigned', 'acknowledged'],
  work: ['in_progress', 'on_hold'],
  proof: ['done', 'proving'],
  closed: ['closed', 'cancelled'],
};

export interface TicketFilter {
  readonly stage: Stage;
  readonly kind: Kind | '';
  readonly zone: string;
  readonly mine: boolean;
}

export function filterOf(query: URLSearchParams): TicketFilter {
  const stage = STAGES.find((s) => s === query.get('stage')) ?? 'open';
  const kind = query.get('kind') ?? '';
  return {
    stage,
    kind: isKind(kind) ? kind : '',
    zone: query.get('zone') ?? '',
    mine: query.get('mine') === '1',
  };
}

export function passes(ticket: TicketView, filter: TicketFilter, me: string): boolean {
  return (
    STAGE_STATES[filter.stage].includes(ticket.state) &&
    (filter.kind === '' || ticket.kind === filter.kind) &&
    (filter.zone === '' || ticket.zone === filter.zone) &&
    (!filter.mine || ticket.assignee?.id === me)
  );
}

/** The same filter as the API takes it. */
export function listPath(filter: TicketFilter, me: string, limit: number): string {
  const query = new URLSearchParams({ state: STAGE_STATES[filter.stage].join(','), limit: String(limit) });
  if (filter.kind !== '') query.set('kind', filter.kind);
  if (filter.zone !== '') query.set('zone', filter.zone);
  if (filter.mine) query.set('assignee', me);
  return `/tickets?${query}`;
}

/** A time limit that is over weighs as much as a step of severity; what only waits for its proof weighs least. */
function weight(ticket: TicketView): number {
  if (STAGE_STATES.proof.includes(ticket.state)) return -1;
  return SEVERITIES.indexOf(ticket.severity) + (ticket.overdue ? 1 : 0);
}

/** What hurts most first. */
export function byUrgency(a: TicketView, b: TicketView): number {
  return (
    weight(b) - weight(a) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Date.parse(a.resolve_by) - Date.parse(b.resolve_by) ||
    a.id.localeCompare(b.id, 'en', { numeric: true })
  );
}
