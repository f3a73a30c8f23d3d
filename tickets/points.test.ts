import { expect, it } from 'vitest';
import { HOUR_MS } from '../model/clock.ts';
import { MEASUREMENTS } from '../model/measurements.ts';
import type { TicketChange } from '../store/records/contract.ts';
import { announcementOf } from './announce.ts';
import { decide, type KnownTicket } from './decide.ts';
import { noticesOf } from './notices.ts';
import { faultPoint, historyPoints, ticketPoint } from './points.ts';
import { ticketPolicy, ticketSettingsSchema } from './policy.ts';
import { changeAt, DIRECTORY, grown, START } from './tickets.testkit.ts';

const policy = ticketPolicy();

/** What a day of a lamp tells: dark, lit, dark again while it is being proved, lit, proved. */
function aDay(): readonly TicketChange[] {
  const all: TicketChange[] = [];
  let known: KnownTicket | undefined;
  for (const [hour, type] of (['firing', 'cleared', 'firing', 'cleared', 'proved'] as const).entries()) {
    const changes = decide(changeAt(type, hour * HOUR_MS), known, {
      directory: DIRECTORY,
      policy,
      nextId: () => 'T-7',
    });
    known = grown(known, changes);
    all.push(...changes);
  }
  return all;
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
  expect(historyPoints(changes.at(-1)!.ticket, events)).toEqual(changes.map(ticketPoint));
});

it('a fault is active from firing until it clears', () => {
  const point = faultPoint(changeAt('firing', HOUR_MS));
  expect(point).toEqual({ measurement: 'fault', tags, ts: START + HOUR_MS, fields: { active: 1 } });
  const active = (['firing', 'amended', 'cleared', 'proved'] as const).map(
    (type) => faultPoint(changeAt(type, 0)).fields['active'],
  );
  expect(active).toEqual([1, 1, 0, 0]);
});

it('points have the tags and fields that the model promises to dashboards', () => {
  for (const point of [ticketPoint(aDay()[0]!), faultPoint(changeAt('firing', 0))]) {
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
