import { expect, it } from 'vitest';
import { HOUR_MS } from '../model/clock.ts';
import type { FaultChange } from '../model/fault.ts';
import { MEASUREMENTS } from '../model/measurements.ts';
import type { Point } from '../model/point.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { announcementOf } from './announce.ts';
import { decide, type KnownTicket } from './decide.ts';
import { advance } from './lifecycle.ts';
import { noticesOf } from './notices.ts';
import { historyPoints, pointsOf, ticketPoint } from './points.ts';
import { ticketPolicy, ticketSettingsSchema } from './policy.ts';
import { changeAt, DIRECTORY, grown, START } from './tickets.testkit.ts';

const policy = ticketPolicy();

/** What a ticket went through, and what it is in the end. */
function told(steps: readonly FaultChange[]) {
  const changes: TicketChange[] = [];
  let known: KnownTicket | undefined;
  for (const step of steps) {
    const next = decide(step, known, { directory: DIRECTORY, policy, nextId: () => 'T-7' });
    known = grown(known, next);
    changes.push(...next);
  }
  return { ticket: changes.at(-1)!.ticket, changes };
}

/** What a day of a lamp tells: dark, lit, dark again while it is being proved, lit, proved. */
function aDay(): readonly TicketChange[] {
  const types = ['firing', 'cleared', 'firing', 'cleared', 'proved'] as const;
  return told(types.map((type, hour) => changeAt(type, hour * HOUR_MS))).changes;
}

const tags = {
  site: 'mill-lane',
  zone: 'north',
  asset: 'l1',
  kind: 'luminaire',
  rule: 'LampOut',
  severity: 'minor',
};

it('a ticket is points that can be counted: none hides another, the last says that it is over', () => {
  const points = aDay().map(ticketPoint);
  expect(points[0]).toEqual({
    measurement: 'ticket',
    tags,
    ts: START,
    fields: { open: 1, opened: 1, reopened: 0, closed: 0, age_s: 0 },
  });
  expect(new Set(points.map((point) => point.ts)).size).toBe(points.length);
  expect(points.map((point) => point.ts)).toEqual(points.map((point) => point.ts).toSorted((a, b) => a - b));
  const sum = (field: string): number =>
    points.reduce((total, point) => total + (point.fields[field] ?? 0), 0);
  expect([sum('opened'), sum('reopened'), sum('closed')]).toEqual([1, 1, 1]);
  expect(points.at(-1)).toMatchObject({ ts: START + 4 * HOUR_MS, fields: { open: 0, age_s: 4 * 3_600 } });
});

it('the points of a ticket can be told again from the records', () => {
  const changes = aDay();
  const events = changes.map((change) => change.event);
  expect(historyPoints(changes.at(-1)!.ticket, events)).toEqual(changes.flatMap(pointsOf));
});

it('a note on an ended ticket hides nothing of the next ticket of the same fault', () => {
  const { ticket } = told(
    ['firing', 'cleared', 'proved'].map((type, hour) => changeAt(type as 'firing', hour)),
  );
  const event = {
    ticket: 'T-7',
    type: 'noted',
    at: START + 9,
    who: 'erin',
    note: 'x',
    cause: 'T-7#5',
  } as const;
  expect(pointsOf(advance(ticket, { ...event, state: 'closed' }))).toEqual([]);
});

it('a fault that grows worse moves to another series and leaves nothing open behind', () => {
  const steps = [
    changeAt('firing', 0, { severity: 'major' }),
    changeAt('amended', 0, { severity: 'critical', members: ['m'] }),
    changeAt('cleared', HOUR_MS, { severity: 'critical' }),
    changeAt('proved', 2 * HOUR_MS, { severity: 'critical' }),
    changeAt('firing', 3 * HOUR_MS, { severity: 'major' }),
    changeAt('cleared', 4 * HOUR_MS, { severity: 'major' }),
    changeAt('proved', 5 * HOUR_MS, { severity: 'major' }),
  ];
  const { ticket, changes } = told(steps);
  const points = changes.flatMap(pointsOf);
  expect(
    historyPoints(
      ticket,
      changes.map((change) => change.event),
    ),
  ).toEqual(points);
  const identity = (point: Point) => `${point.measurement} ${point.tags['severity']} ${point.ts}`;
  expect(new Set(points.map(identity)).size, 'no point hides another').toBe(points.length);
  const sum = (field: string) => points.reduce((total, point) => total + (point.fields[field] ?? 0), 0);
  expect([sum('opened'), sum('reopened'), sum('closed')]).toEqual([1, 1, 2]);
  for (const severity of ['major', 'critical']) {
    const series = points.filter((point) => point.tags['severity'] === severity);
    expect(series.findLast((point) => point.measurement === 'ticket')?.fields['open']).toBe(0);
    expect(series.findLast((point) => point.measurement === 'fault')?.fields['active']).toBe(0);
  }
  const active = points.filter((point) => point.measurement === 'fault').toSorted((a, b) => a.ts - b.ts);
  expect(active.map((point) => [point.tags['severity'], point.fields['active']])).toEqual([
    ['major', 1],
    ['major', 0],
    ['critical', 1],
    ['critical', 0],
    ['major', 1],
    ['major', 0],
  ]);
});

it('points have the tags and fields that the model promises to dashboards', () => {
  for (const point of pointsOf(aDay()[0]!)) {
    const promised = MEASUREMENTS.find((measurement) => measurement.name === point.measurement);
    expect(Object.keys(point.tags).toSorted()).toEqual([...(promised?.tags ?? [])].toSorted());
    expect(Object.keys(point.fields).toSorted()).toEqual([...(promised?.fields ?? [])].toSorted());
  }
});

it('an announcement says it all in JSON under the ticket’s topic, without names', () => {
  const { topic, payload } = announcementOf(aDay().at(-1)!);
  expect(topic).toBe('site/mill-lane/ticket/T-7');
  expect(JSON.parse(payload)).toMatchObject({
    id: 'T-7',
    event: 'proved',
    state: 'closed',
    assignee: 'erin',
    opened_at: '2026-01-10T22:00:00.000Z',
    closed_at: '2026-01-11T02:00:00.000Z',
    acknowledged_at: null,
    resolution: 'telemetry showed: one full night at expected power',
  });
  expect(aDay().map(announcementOf).join()).not.toContain('Sparks');
});

it('the notice board shows what is out of order, and only that', () => {
  const tickets = aDay().map((change) => change.ticket);
  const shown = tickets.map((ticket) => noticesOf([ticket], DIRECTORY).length);
  //                    opened, assigned, cleared, returned…, re-opened, cleared, proved
  expect(shown).toEqual([1, 1, 0, 0, 1, 0, 0]);
  expect(noticesOf(tickets.slice(0, 1), DIRECTORY)).toEqual([
    {
      site_name: 'Mill Lane',
      zone_name: 'Zone north',
      what: 'Lamp l1 is dark',
      kind: 'luminaire',
      since: '2026-01-10T22:00:00.000Z',
      expected_by: '2026-01-15T22:00:00.000Z',
    },
  ]);
  const info = { ...tickets[0]!, severity: 'info' as const };
  const visited = { ...tickets[0]!, state: 'done' as const, fault_active: false };
  expect(noticesOf([info, visited], DIRECTORY)).toEqual([]);
});

it('time limits come from the severity, then the installation’s settings, then the site’s', () => {
  const settings = ticketSettingsSchema.parse({
    limits: { minor: { respond_min: 30 } },
    sites: { quay: { limits: { minor: { resolve_h: 2 }, critical: { respond_min: 5 } } } },
    proof_patience_h: 12,
  });
  const own = ticketPolicy(settings);
  const hours = (site: string, severity: 'minor' | 'critical') => {
    const limits = own.limits(site, severity);
    return [limits.respondMs / HOUR_MS, limits.resolveMs / HOUR_MS];
  };
  expect(hours('mill-lane', 'minor')).toEqual([0.5, 120]);
  expect(hours('quay', 'minor')).toEqual([0.5, 2]);
  expect(hours('quay', 'critical')).toEqual([5 / 60, 4]);
  expect(own.proofPatienceMs).toBe(12 * HOUR_MS);
});

it.each([
  [{ limits: { severe: { respond_min: 5 } } }],
  [{ limits: { minor: { respond_min: 0 } } }],
  [{ limits: { minor: { respond: 5 } } }],
  [{ reopen_window_d: -1 }],
  [{ reopen_window: 30 }],
])('settings with a mistake are refused: %j', (settings) => {
  expect(ticketSettingsSchema.safeParse(settings).success).toBe(false);
});
