import { HOUR_MS, MINUTE_MS, rfc3339 } from '../../model/clock.ts';
import type { TicketAction, TicketEventType, TicketState } from '../../model/ticket.ts';
import type { TicketActionRequest, TicketDetailView, TicketEventView } from '../../model/views/ticket.ts';
import { SEEDS, type Seed } from './fixture-seeds.testkit.ts';
import { personView, site } from './fixture-site.testkit.ts';

function actionsIn(state: TicketState): readonly TicketAction[] {
  const always: readonly TicketAction[] = ['assign', 'note', 'cancel'];
  if (state === 'open' || state === 'assigned') return ['acknowledge', 'start', ...always];
  if (state === 'acknowledged') return ['start', 'hold', ...always];
  if (state === 'in_progress') return ['finish', 'hold', ...always];
  if (state === 'on_hold') return ['start', ...always];
  if (state === 'done' || state === 'proving') return ['prove', 'reopen', 'note'];
  return [];
}

const AFTER: Partial<Record<TicketAction, readonly [TicketEventType, TicketState]>> = {
  acknowledge: ['acknowledged', 'acknowledged'],
  start: ['started', 'in_progress'],
  hold: ['held', 'on_hold'],
  finish: ['finished', 'proving'],
  reopen: ['reopened', 'assigned'],
  cancel: ['cancelled', 'cancelled'],
  prove: ['proved', 'closed'],
};

function historyOf(seed: Seed, opened: number): TicketEventView[] {
  const at = (min: number): string => rfc3339(opened + min * MINUTE_MS);
  const worker = personView('mateo');
  const events: TicketEventView[] = [
    { type: 'opened', at: at(0), who: personView('rules'), note: '', state: 'open' },
    { type: 'assigned', at: at(0), who: personView('rules'), note: '', state: 'assigned' },
  ];
  if (seed.state === 'assigned') return events;
  events.push({ type: 'acknowledged', at: at(3), who: worker, note: '', state: 'acknowledged' });
  if (seed.state === 'acknowledged') return events;
  events.push({ type: 'started', at: at(12), who: worker, note: 'On site', state: 'in_progress' });
  if (seed.state === 'proving') {
    events.push({ type: 'finished', at: at(70), who: worker, note: 'New driver fitted', state: 'done' });
    events.push({ type: 'fault_cleared', at: at(72), who: personView('rules'), note: '', state: 'proving' });
  }
  return events;
}

export function fixtureTickets(now: number): Map<string, TicketDetailView> {
  const tickets = SEEDS.map((seed): TicketDetailView => {
    const asset = site.assets.find(({ id }) => id === seed.asset);
    if (!asset) throw new Error(`the demo site has no ${seed.asset}`);
    const opened = now - seed.agoMin * MINUTE_MS;
    const answered = seed.state !== 'assigned';
    return {
      id: seed.id,
      rule: seed.rule,
      site: site.id,
      zone: asset.zone,
      asset: asset.id,
      asset_name: asset.name,
      kind: asset.kind,
      severity: seed.severity,
      title: seed.title,
      trade: seed.trade,
      state: seed.state,
      assignee: personView(seed.trade === 'plumber' ? 'mateo' : 'wendy'),
      opened_at: rfc3339(opened),
      respond_by: rfc3339(opened + 30 * MINUTE_MS),
      resolve_by: rfc3339(opened + seed.limitMin * MINUTE_MS),
      acknowledged_at: answered ? rfc3339(opened + 3 * MINUTE_MS) : null,
      closed_at: null,
      updated_at: rfc3339(opened),
      reopened: 0,
      fault_active: seed.state !== 'proving',
      members: seed.members ?? [],
      overdue: seed.agoMin > seed.limitMin,
      zone_name: site.zones.find(({ id }) => id === asset.zone)?.name ?? '',
      site_name: site.name,
      tz: site.tz,
      evidence: { ...seed.evidence, from: rfc3339(opened - 2 * HOUR_MS), to: rfc3339(opened) },
      proof: seed.proof ?? null,
      resolution: null,
      history: historyOf(seed, opened),
      actions: actionsIn(seed.state),
    };
  });
  return new Map(tickets.map((ticket) => [ticket.id, ticket]));
}

/** The ticket after a person's action; undefined when its state does not lead there. */
export function actOn(
  ticket: TicketDetailView,
  { action, note = '', assignee }: TicketActionRequest,
  now: number,
): TicketDetailView | undefined {
  if (!ticket.actions.includes(action)) return undefined;
  const [type, state] = AFTER[action] ?? [action === 'assign' ? 'assigned' : 'noted', ticket.state];
  const at = rfc3339(now);
  return {
    ...ticket,
    state,
    assignee: assignee === undefined ? ticket.assignee : personView(assignee),
    acknowledged_at: ticket.acknowledged_at ?? at,
    closed_at: state === 'closed' || state === 'cancelled' ? at : null,
    updated_at: at,
    history: [...ticket.history, { type, at, who: personView('mateo'), note, state }],
    actions: actionsIn(state),
  };
}
