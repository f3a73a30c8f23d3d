import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../model/clock.ts';
import { directoryOf } from '../../model/directory.ts';
import type { Severity } from '../../model/fault.ts';
import type { TicketState } from '../../model/ticket.ts';
import type { AssetStatus } from '../../model/views/site.ts';
import { ticketOf } from '../../store/records/ticket.testkit.ts';
import { createLatestValues } from '../latest.ts';
import { assetOf, DIRECTORY, faultOf, NOON, NOW, SITE } from '../site.testkit.ts';
import { assetView, severityByAsset } from './asset-view.ts';
import { ticketsByAsset } from './open-work.ts';
import { parkingView } from './parking-view.ts';
import { lampVerdict, roundView } from './round-view.ts';
import { isOverdue } from './ticket-view.ts';
import { walkingOrder } from './walking-order.ts';

const HEARTBEAT_MS = 600_000;

describe('the status of an asset, worst first', () => {
  it.each<[AssetStatus, age: number | undefined, severities: readonly Severity[]]>([
    ['unknown', undefined, []],
    ['ok', 0, []],
    ['ok', 2.5 * HEARTBEAT_MS, []],
    ['silent', 2.5 * HEARTBEAT_MS + 1, []],
    ['warning', 2.5 * HEARTBEAT_MS + 1, ['minor']],
    ['warning', 0, ['info']],
    ['fault', 0, ['info', 'major', 'minor']],
    ['fault', undefined, ['critical']],
  ])('%s when heard %s ms ago and %j fire', (status, age, severities) => {
    const latest = createLatestValues();
    if (age !== undefined) latest.put({ asset: 'l1', ts: NOW - age, values: { power_w: 1 } });
    const faults = severities.map((severity) => faultOf('l1', { severity }));
    const news = { now: NOW, latest, severities: severityByAsset(faults), tickets: new Map() };
    expect(assetView(DIRECTORY.asset('l1')!, news).status).toBe(status);
  });

  it('is that of the circuit for each lamp of a rolled-up fault, and so are its tickets', () => {
    const severities = severityByAsset([faultOf('c1', { severity: 'major', members: ['l1', 'l2'] })]);
    const tickets = ticketsByAsset([ticketOf('T-1', { asset: 'c1', members: ['l1', 'l2'] })]);
    const news = { now: NOW, latest: createLatestValues(), severities, tickets };
    const views = ['c1', 'l1', 'l2', 'l3'].map((id) => assetView(DIRECTORY.asset(id)!, news));
    expect(views.map(({ status }) => status)).toEqual(['fault', 'fault', 'fault', 'unknown']);
    expect(views.map((view) => view.tickets)).toEqual([['T-1'], ['T-1'], ['T-1'], []]);
  });

  it('is never silent for one that promises nothing', () => {
    const latest = createLatestValues();
    latest.put({ asset: 'c1', ts: 1, values: { power_w: 1 } });
    const news = { now: NOW, latest, severities: new Map(), tickets: new Map() };
    expect(assetView(DIRECTORY.asset('c1')!, news).status).toBe('ok');
  });
});

describe('a ticket is overdue', () => {
  const limits = { respond_by: NOW + HOUR_MS, resolve_by: NOW + 4 * HOUR_MS };
  it.each<[TicketState, acknowledged: boolean, hours: number, overdue: boolean]>([
    ['assigned', false, 1, false],
    ['assigned', false, 1.01, true],
    ['acknowledged', true, 1.01, false],
    ['in_progress', true, 4.01, true],
    ['on_hold', true, 4.01, true],
    ['done', true, 4.01, false],
    ['proving', false, 4.01, false],
    ['closed', true, 9, false],
    ['cancelled', false, 9, false],
  ])('%s, acknowledged %s, after %d h: %s', (state, acknowledged, hours, overdue) => {
    const ticket = ticketOf('T-1', { ...limits, state, acknowledged_at: acknowledged ? NOW : null });
    expect(isOverdue(ticket, NOW + hours * HOUR_MS)).toBe(overdue);
  });
});

describe('free parking', () => {
  it('counts free, taken and unknown bays by class, and never offers a fire lane', () => {
    const latest = createLatestValues();
    latest.put({ asset: 'b1', ts: NOW - 10_000, values: { occupied: 0 } });
    latest.put({ asset: 'b2', ts: NOW - 600_000, values: { occupied: 1 } });
    latest.put({ asset: 'b3', ts: NOW - 2.5 * HEARTBEAT_MS - 1, values: { occupied: 0 } });
    latest.put({ asset: 'b4', ts: NOW, values: { occupied: 0 } });
    latest.put({ asset: 'b5', ts: NOW + 5_000, values: { battery_pct: 50 } });
    expect(parkingView(DIRECTORY, latest, NOW)).toEqual({
      at: new Date(NOW).toISOString(),
      next: null,
      items: [
        {
          ...{ zone: 'north', zone_name: 'North court', site: 'mill-lane', site_name: 'Mill Lane' },
          tz: 'Europe/London',
          classes: [
            { bay_class: 'general', total: 2, free: 1, unknown: 0 },
            { bay_class: 'accessible', total: 1, free: 0, unknown: 1 },
            { bay_class: 'fire_lane', total: 1, free: 0, unknown: 0 },
          ],
          oldest_s: 600,
          newest_s: 0,
        },
        {
          ...{ zone: 'south', zone_name: 'South court', site: 'mill-lane', site_name: 'Mill Lane' },
          tz: 'Europe/London',
          classes: [{ bay_class: 'charging', total: 1, free: 0, unknown: 1 }],
          oldest_s: null,
          newest_s: null,
        },
      ],
    });
    expect(parkingView(DIRECTORY, latest, NOW, { zone: 'south' }).items).toHaveLength(1);
    expect(parkingView(DIRECTORY, latest, NOW, { site: 'elsewhere' }).items).toEqual([]);
  });
});

describe("tonight's round", () => {
  const lamp = DIRECTORY.asset('l1')!;
  const verdict = (now: number, ts: number | undefined, values: Record<string, number>) => {
    const latest = createLatestValues();
    if (ts !== undefined) latest.put({ asset: 'l1', ts, values });
    return lampVerdict(lamp, SITE, latest, now);
  };
  const AFTER_STEP = NOW + 100 * MINUTE_MS;

  it.each([
    ['lit', NOW, NOW, { power_w: 98 }],
    ['lit', NOW, NOW, { power_w: 50 }],
    ['disputed', NOW, NOW, { power_w: 49 }],
    ['disputed', NOW, NOW, { power_w: 20 }],
    ['dark', NOW, NOW, { power_w: 19 }],
    // From 23:00 half the light is asked for: half the power is whole.
    ['lit', AFTER_STEP, AFTER_STEP, { power_w: 49 }],
    ['unmetered', NOW, NOW, { level_pct: 100 }],
    ['silent', NOW, NOW - 2.5 * HEARTBEAT_MS - 1, { power_w: 98 }],
    ['never_heard', NOW, undefined, {}],
    ['waiting', NOON, NOON, { power_w: 0 }],
    ['silent', NOON, NOON - HOUR_MS, { power_w: 0 }],
  ] as const)('%s', (expected, now, ts, values) => {
    expect(verdict(now, ts, values)).toBe(expected);
  });

  it('does not call a lamp dark for what it drew before it was asked to burn', () => {
    const dusk = Date.UTC(2026, 0, 15, 16, 45);
    const before = dusk - 20 * MINUTE_MS;
    expect(verdict(dusk, before, { power_w: 0 })).toBe('waiting');
    expect(verdict(dusk, dusk, { power_w: 0 })).toBe('dark');
  });

  it('puts every lamp in exactly one place, whatever was heard', () => {
    const heard = fc.option(
      fc.record({ age: fc.nat(3_600_000), power_w: fc.double({ min: 0, max: 120, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(heard, { minLength: 1, maxLength: 12 }), fc.nat(86_400_000), (lamps, later) => {
        const now = NOW + later;
        const latest = createLatestValues();
        const assets = lamps.map((word, n) => {
          if (word) latest.put({ asset: `x${n}`, ts: now - word.age, values: { power_w: word.power_w } });
          return assetOf('luminaire', `x${n}`, { x_m: n }, { rated_w: 100 });
        });
        const directory = directoryOf([{ ...SITE, assets }]);
        const { items } = roundView({ directory, latest, tickets: new Map(), now });
        expect(items).toHaveLength(1);
        const [zone] = items;
        expect(zone!.lamps).toBe(lamps.length);
        expect(zone!.lit + zone!.waiting + zone!.dark.length + zone!.cannot_vouch.length).toBe(lamps.length);
        if (!zone!.lights_due) expect(zone!.lit + zone!.dark.length).toBe(0);
      }),
    );
  });

  it('is walked from one lamp to the nearest that is left', () => {
    const at = (x_m: number, y_m: number) => ({ x_m, y_m });
    expect(walkingOrder([at(50, 0), at(10, 0), at(30, 0), at(0, 5)])).toEqual([
      at(0, 5),
      at(10, 0),
      at(30, 0),
      at(50, 0),
    ]);
    const places = fc.array(fc.record({ x_m: fc.nat(100), y_m: fc.nat(100) }));
    fc.assert(
      fc.property(places, (all) => {
        expect(new Set(walkingOrder(all))).toEqual(new Set(all));
        expect(walkingOrder(all)).toHaveLength(all.length);
      }),
    );
  });
});
