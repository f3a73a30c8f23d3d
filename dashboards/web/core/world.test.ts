import { expect, test } from 'vitest';
import type { AssetView } from '../../../model/views/site.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { EMPTY_WORLD, ticketsOf, withAssets, withLatest, withTicket } from './world.ts';

const pump: AssetView = {
  id: 'pump-1',
  kind: 'pump',
  site: 'estate',
  zone: 'north',
  name: 'Pump 1',
  x_m: 1,
  y_m: 2,
  circuit: null,
  gateway: null,
  attributes: {},
  status: 'ok',
  last_seen: '2026-01-01T10:00:00.000Z',
  latest: { power_w: { value: 100, ts: '2026-01-01T10:00:00.000Z' } },
  tickets: [],
};

const ticket: TicketView = {
  id: 'T-1',
  rule: 'CircuitOut',
  site: 'estate',
  zone: 'north',
  asset: 'circuit-1',
  asset_name: 'Circuit 1',
  kind: 'circuit',
  severity: 'major',
  title: 'Circuit 1 is out',
  trade: 'electrician',
  state: 'assigned',
  assignee: null,
  opened_at: '2026-01-01T10:00:00.000Z',
  respond_by: '2026-01-01T11:00:00.000Z',
  resolve_by: '2026-01-01T12:00:00.000Z',
  acknowledged_at: null,
  closed_at: null,
  updated_at: '2026-01-01T10:00:00.000Z',
  reopened: 0,
  fault_active: true,
  members: ['lamp-1', 'lamp-2'],
  overdue: false,
};

test('newer values replace, older and unknown ones are ignored', () => {
  const start = withAssets(EMPTY_WORLD, [pump]);
  const later = withLatest(start, {
    'pump-1': {
      power_w: { value: 50, ts: '2026-01-01T09:00:00.000Z' },
      flow_m3_h: { value: 3, ts: '2026-01-01T10:00:05.000Z' },
    },
    'not-mine': { power_w: { value: 1, ts: '2026-01-01T10:00:00.000Z' } },
  });
  expect(later.assets.get('pump-1')?.latest['power_w']?.value).toBe(100);
  expect(later.assets.get('pump-1')?.latest['flow_m3_h']?.value).toBe(3);
  expect(later.assets.get('pump-1')?.last_seen).toBe('2026-01-01T10:00:05.000Z');
  expect(later.assets.size).toBe(1);
  expect(start.assets.get('pump-1')?.latest['flow_m3_h']).toBeUndefined();
});

test('a ticket is listed while it is open, and belongs to its members too', () => {
  const open = withTicket(EMPTY_WORLD, ticket);
  expect(ticketsOf('circuit-1', open.tickets)).toHaveLength(1);
  expect(ticketsOf('lamp-2', open.tickets)).toHaveLength(1);
  expect(ticketsOf('lamp-3', open.tickets)).toHaveLength(0);
  const closed = withTicket(open, { ...ticket, state: 'closed' });
  expect(closed.tickets.size).toBe(0);
  expect(closed.ticketTurns.get('T-1')).toBe(2);
});
