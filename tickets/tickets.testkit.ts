import { DAY_MS } from '../model/clock.ts';
import { directoryOf } from '../model/directory.ts';
import type { Fault, FaultChange } from '../model/fault.ts';
import type { Person, Zone } from '../model/site.ts';
import type { Ticket, TicketEvent } from '../model/ticket.ts';
import type { TicketChange } from '../store/records/contract.ts';
import type { KnownTicket } from './decide.ts';

export const START = Date.UTC(2026, 0, 10, 22);

const PEOPLE: readonly Person[] = [
  { id: 'mia', name: 'Mia Brand', role: 'manager' },
  { id: 'erin', name: 'Erin Sparks', role: 'staff' },
  { id: 'stew', name: 'Stew Ward', role: 'staff' },
  { id: 'vic', name: 'Vic Looker', role: 'viewer' },
];

const zone = (id: string, staff: Zone['staff']): Zone => ({
  id,
  name: `Zone ${id}`,
  steward: 'stew',
  staff,
  outline: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
});

/** One site, `mill-lane`: `north` has an electrician, `south` only its steward. */
export const DIRECTORY = directoryOf([
  {
    id: 'mill-lane',
    name: 'Mill Lane',
    tz: 'Europe/London',
    lat: 51.5,
    lon: -0.1,
    plan: { width_m: 100, height_m: 100 },
    lighting: { offset_min: 0, level_pct: 100, steps: [] },
    zones: [zone('north', { electrician: 'erin' }), zone('south', {})],
    people: PEOPLE,
    assets: [],
  },
]);

/** Lamp l1 is dark. Tests say what differs. */
export function faultOf(differs: Partial<Fault> = {}): Fault {
  const rule = differs.rule ?? 'LampOut';
  const asset = differs.asset ?? 'l1';
  return {
    key: `${rule}/${asset}`,
    rule,
    asset,
    kind: 'luminaire',
    site: 'mill-lane',
    zone: 'north',
    severity: 'minor',
    title: `Lamp ${asset} is dark`,
    trade: 'electrician',
    since: START,
    members: [],
    evidence: {
      expression: 'avg(power_w, "10m") < 5.0',
      text: '0.4 W where 80 W are expected',
      values: { power_w: 0.4 },
      metrics: ['power_w'],
      from: START - DAY_MS,
      to: START,
    },
    proof: 'one full night at expected power',
    ...differs,
  };
}

/** A change of the fault, some time after the start; its cause says what and when. */
export function changeAt(
  type: FaultChange['type'],
  afterMs: number,
  fault: Partial<Fault> = {},
): FaultChange {
  const full = faultOf(fault);
  return { type, fault: full, at: START + afterMs, cause: `${full.key}@${afterMs}/${type}` };
}

/** A ticket with its history grown by the changes. */
export function grown(known: KnownTicket | undefined, changes: readonly TicketChange[]): KnownTicket {
  let { ticket, events } = known ?? { ticket: undefined, events: [] as readonly TicketEvent[] };
  for (const change of changes) {
    events = ticket?.id === change.ticket.id ? [...events, change.event] : [change.event];
    ticket = change.ticket;
  }
  if (!ticket) throw new Error('nothing opened the ticket');
  return { ticket, events };
}

/**
 * What of a ticket its events alone say, told a second time and differently from `advance`: by looking back over the
 * whole history instead of going forward event by event.
 */
export function toldBy(events: readonly TicketEvent[]): Partial<Ticket> {
  const last = events.at(-1);
  if (!last) throw new Error('a ticket without events');
  const find = (...types: readonly TicketEvent['type'][]) =>
    events.findLast((event) => types.includes(event.type));
  const sinceReopening = events.slice(events.findLastIndex((event) => event.type === 'reopened') + 1);
  const answer = sinceReopening.find((event) => ['acknowledged', 'started', 'finished'].includes(event.type));
  const end = sinceReopening.findLast((event) => event.type === 'proved' || event.type === 'cancelled');
  return {
    id: last.ticket,
    state: last.state,
    assignee: events.findLast((event) => event.assignee !== undefined)?.assignee ?? null,
    severity: events.findLast((event) => event.severity !== undefined)?.severity ?? 'info',
    opened_at: events[0]?.at ?? Number.NaN,
    acknowledged_at: answer?.at ?? null,
    closed_at: end?.type === 'proved' ? end.at : null,
    reopened: events.filter((event) => event.type === 'reopened').length,
    fault_active: find('opened', 'fault_returned', 'fault_cleared')?.type !== 'fault_cleared',
    resolution: end?.note ?? null,
  };
}
