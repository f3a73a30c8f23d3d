import type { Point } from '../model/point.ts';

/** The end of the seeded data: 2023-11-14 22:00:00 UTC. */
export const NOW = 1_699_999_200_000;
export const HOUR = 3_600_000;
const MINUTE = 60_000;

function place(site: string, zone: string, asset: string) {
  return { site, zone, asset };
}

function every(minutes: number, at: (ts: number, hoursAgo: number) => readonly Point[]): Point[] {
  const points: Point[] = [];
  for (let ts = NOW - 48 * HOUR; ts < NOW; ts += minutes * MINUTE) points.push(...at(ts, (NOW - ts) / HOUR));
  return points;
}

function bay(
  site: string,
  zone: string,
  asset: string,
  ts: number,
  occupied: number,
  battery_pct: number,
): Point {
  return { measurement: 'bay', tags: place(site, zone, asset), ts, fields: { occupied, battery_pct } };
}

/** b1 always taken, b2 for the last 24 h, b3 never (all zone a); b2-ev taken (zone b); x1 taken, on the other site.
 * In the order of names the zones take turns, as InfluxDB's groups then must not. */
const bays = every(5, (ts, hoursAgo) => [
  bay('north', 'a', 'b1', ts, 1, 12),
  bay('north', 'a', 'b2', ts, hoursAgo <= 24 ? 1 : 0, 80),
  bay('north', 'a', 'b3', ts, 0, 90),
  bay('north', 'b', 'b2-ev', ts, 1, 100 - hoursAgo),
  bay('south', 'c', 'x1', ts, 1, 5),
]);

const lamps = every(5, (ts) => [
  ...['l1', 'l2', 'l3'].map((asset) => ({
    measurement: 'luminaire',
    tags: place('north', 'a', asset),
    ts,
    fields: { power_w: 50, level_pct: 100 },
  })),
  { measurement: 'circuit', tags: place('north', 'a', 'c1'), ts, fields: { power_w: 150, energized: 1 } },
]);

const pumps = every(5, (ts, hoursAgo) =>
  ['p1', 'p2'].map((asset) => ({
    measurement: 'pump',
    tags: place('north', 'b', asset),
    ts,
    fields: {
      running: asset === 'p1' && hoursAgo <= 12 ? 1 : 0,
      vibration_mm_s: asset === 'p1' ? 6 : 1,
      flow_m3_h: asset === 'p1' ? 20 : 0,
    },
  })),
);

const gateways = every(15, (ts, hoursAgo) => [
  {
    measurement: 'gateway',
    tags: place('north', 'a', 'g1'),
    ts,
    fields: { uptime_s: (50 - hoursAgo) * 3_600, devices: 9, queued: 0 },
  },
]);

type Change = readonly [hoursAgo: number, state: 0 | 1];

/**
 * What the rules engine and the tickets write when a fault fires (1) and clears (0), each said again ten minutes later
 * (a fault that is amended is active still, one that is proved is over).
 */
function fault(
  rule: string,
  kind: string,
  severity: string,
  zone: string,
  asset: string,
  changes: Change[],
): Point[] {
  const tags = { ...place('north', zone, asset), kind, rule, severity };
  const opened = NOW - changes[0]![0] * HOUR;
  return changes.flatMap(([hoursAgo, state], i): Point[] => {
    const ts = NOW - hoursAgo * HOUR;
    const later = ts + 10 * MINUTE;
    const flag = state === 0 ? 'closed' : i === 0 ? 'opened' : 'reopened';
    const none = { open: state, opened: 0, reopened: 0, closed: 0 };
    return [
      { measurement: 'fault', tags, ts, fields: { active: state } },
      { measurement: 'fault', tags, ts: later, fields: { active: state } },
      { measurement: 'ticket', tags, ts, fields: { ...none, [flag]: 1, age_s: (ts - opened) / 1_000 } },
      { measurement: 'ticket', tags, ts: later, fields: { ...none, age_s: (later - opened) / 1_000 } },
    ];
  });
}

/** Rules, severities and zones take turns too. */
const faults = [
  fault('LampOut', 'luminaire', 'minor', 'a', 'l1', [
    [30, 1],
    [20, 0],
    [3, 1],
  ]),
  fault('LampOut', 'luminaire', 'minor', 'a', 'l2', [[6, 1]]),
  // Began before the time range shown, and still is.
  fault('DeviceSilent', 'bay', 'minor', 'b', 'b2-ev', [[100, 1]]),
  fault('DeviceSilent', 'pump', 'minor', 'b', 'p2', [[200, 1]]),
  fault('PumpDryRun', 'pump', 'critical', 'b', 'p1', [
    [10, 1],
    [9, 0],
  ]),
].flat();

/** Two days of a small site, with another beside it. */
export const SITE: readonly Point[] = [...bays, ...lamps, ...pumps, ...gateways, ...faults];
