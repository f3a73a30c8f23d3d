import { expect, test } from 'vitest';
import type { TicketView } from '../../../model/views/ticket.ts';
import { byUrgency, filterOf, listPath, passes } from './filter.ts';

function ticket(id: string, more: Partial<TicketView> = {}): TicketView {
  return {
    id,
    rule: 'LampOut',
    site: 's',
    zone: 'north',
    asset: 'lamp-1',
    asset_name: 'Lamp 1',
    kind: 'luminaire',
    severity: 'minor',
    title: 'Lamp 1 is dark',
    trade: 'electrician',
    state: 'assigned',
    assignee: { id: 'kim', name: 'Kim' },
    opened_at: '2026-01-01T00:00:00.000Z',
    respond_by: '2026-01-01T01:00:00.000Z',
    resolve_by: '2026-01-02T00:00:00.000Z',
    acknowledged_at: null,
    closed_at: null,
    updated_at: '2026-01-01T00:00:00.000Z',
    reopened: 0,
    fault_active: true,
    members: [],
    overdue: false,
    ...more,
  };
}

const filter = (text: string) => filterOf(new URLSearchParams(text));

test.each([
  ['', {}, true],
  ['', { state: 'closed' }, false],
  ['stage=closed', { state: 'cancelled' }, true],
  ['stage=waiting', { state: 'in_progress' }, false],
  ['stage=nonsense', { state: 'proving' }, true],
  ['kind=pump', {}, false],
  ['kind=spaceship', {}, true],
  ['zone=south', {}, false],
  ['mine=1', {}, true],
  ['mine=1', { assignee: null }, false],
] as const)('?%s and %j: %s', (query, more, shown) => {
  expect(passes(ticket('T-1', more), filter(query), 'kim')).toBe(shown);
});

test('the API is asked for the same', () => {
  expect(listPath(filter('stage=closed&kind=pump&zone=north&mine=1'), 'kim', 50)).toBe(
    '/tickets?state=closed%2Ccancelled&limit=50&kind=pump&zone=north&assignee=kim',
  );
});

test('what hurts most comes first', () => {
  const tickets = [
    ticket('T-10'),
    ticket('T-9'),
    ticket('T-1', { severity: 'critical', state: 'proving' }),
    ticket('T-2', { severity: 'major' }),
    ticket('T-3', { severity: 'critical' }),
    ticket('T-4', { severity: 'major', overdue: true }),
    ticket('T-5', { resolve_by: '2026-01-01T12:00:00.000Z' }),
    ticket('T-6', { overdue: true }),
  ];
  expect(tickets.sort(byUrgency).map(({ id }) => id)).toEqual([
    'T-3',
    'T-4',
    'T-2',
    'T-6',
    'T-5',
    'T-9',
    'T-10',
    'T-1',
  ]);
});
