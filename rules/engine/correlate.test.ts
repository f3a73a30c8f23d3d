import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../model/clock.ts';
import type { Fault, FaultChange } from '../../model/fault.ts';
import { createCorrelator } from './correlate.ts';
import { asset, feed, freshEngine, library, reading, ruleSet, siteWith } from './engine.testkit.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (minutes: number): number => START + minutes * MINUTE_MS;

test('what one asset says at one time is taken in the order in which it was said', () => {
  const gateway = asset('g1', 'gateway', { heartbeat_s: 60 });
  const rules = [...library().infos.values()].filter(({ name }) => name === 'GatewayOffline');
  const said: string[] = [];
  const correlator = createCorrelator(rules, siteWith([gateway]), ({ type }: FaultChange) => said.push(type));
  const fault = {
    key: 'GatewayOffline/g1',
    rule: 'GatewayOffline',
    asset: 'g1',
    members: [],
  } as unknown as Fault;
  // As silence that a late sample ends at the very moment when it was heard; several, so that a heap may mix them.
  for (let i = 0; i < 5; i++) {
    const event = { t: at(i), rule: 'GatewayOffline', asset: 'g1', fault };
    correlator.hear({ ...event, type: 'firing' });
    correlator.hear({ ...event, type: 'cleared' });
  }
  correlator.advance(at(60));
  expect(correlator.active()).toEqual([]);
});

test('after its gateway is back, a device has time to be heard before it is called silent', () => {
  const gateway = asset('g1', 'gateway', { heartbeat_s: 60 });
  const bays = ['b1', 'b2'].map((id) => asset(id, 'bay', { gateway: 'g1', heartbeat_s: 1800 }));
  const lonely = asset('b3', 'bay', { gateway: 'g1', heartbeat_s: 1800 });
  const readings = [];
  const isOut = (minute: number): boolean => minute > 100 && minute < 300;
  for (let m = 0; m < 800; m++) if (!isOut(m)) readings.push(reading(gateway, at(m), { uptime_s: m }));
  for (const bay of bays) {
    // It speaks again 25 minutes after the gateway does.
    for (let m = 25; m < 800; m += 30) if (!isOut(m)) readings.push(reading(bay, at(m), { occupied: 0 }));
  }
  for (let m = 25; m < 100; m += 30) readings.push(reading(lonely, at(m), { occupied: 0 }));
  readings.sort((a, b) => a.ts - b.ts);
  const engine = freshEngine(library(), siteWith([gateway, ...bays, lonely]), START);
  const changes = feed(engine, readings, at(800)).filter(({ type }) => type === 'firing');
  expect(changes.map(({ fault }) => fault.key).sort()).toEqual(['DeviceSilent/b3', 'GatewayOffline/g1']);
});

test('a gateway that sends what it kept is back when it is heard, not when it measured', () => {
  const gateway = asset('g1', 'gateway', { heartbeat_s: 60 });
  const bay = asset('b1', 'bay', { gateway: 'g1', heartbeat_s: 600 });
  const readings = [];
  for (let m = 0; m < 400; m++) {
    // From 100 to 300 the gateway keeps everything; of the bay it sends the last first, ten minutes later.
    const received = m > 100 && m < 300 ? at(300) : at(m);
    readings.push(reading(gateway, at(m), { uptime_s: m }, received));
    if (m % 10 === 5)
      readings.push(reading(bay, at(m), { occupied: 0 }, m > 100 && m < 300 ? at(310) : at(m)));
  }
  readings.sort((a, b) => a.received - b.received || a.ts - b.ts);
  const engine = freshEngine(library(), siteWith([gateway, bay]), START);
  const said: string[] = [];
  let next = 0;
  for (let m = 0; m <= 400; m++) {
    for (; readings[next] && readings[next]!.received <= at(m); next++) {
      said.push(...engine.step(readings[next]!).map(({ type, fault }) => `${type} ${fault.key}`));
    }
    said.push(...engine.advance(at(m)).map(({ type, fault }) => `${type} ${fault.key}`));
  }
  expect(said.filter((one) => one.startsWith('firing'))).toEqual(['firing GatewayOffline/g1']);
});

test('silence that is noticed when the gateway has just come back waits for the device to be heard', () => {
  const gateway = asset('g1', 'gateway', { heartbeat_s: 60 });
  const bay = asset('b1', 'bay', { gateway: 'g1', heartbeat_s: 1800 });
  const isOut = (minute: number): boolean => minute > 100 && minute < 225;
  const readings = [];
  for (let m = 0; m < 500; m++) {
    if (isOut(m)) continue;
    readings.push(reading(gateway, at(m), { uptime_s: m }));
    // Heard at 95, silent from 230 on, heard again at 245.
    if (m === 35 || m === 65 || m === 95 || (m >= 245 && m % 30 === 5)) {
      readings.push(reading(bay, at(m), { occupied: 0 }));
    }
  }
  const engine = freshEngine(library(), siteWith([gateway, bay]), START);
  const fired = feed(engine, readings, at(500)).filter(({ type }) => type === 'firing');
  expect(fired.map(({ fault }) => fault.key)).toEqual(['GatewayOffline/g1']);
});

test('members of a group that says itself that it is out are told with it, however few could say so', () => {
  const rules = ruleSet(`
  - rule: Cabinet
    on: circuit
    when: '!energized'
    for: 1m
    ticket: { title: "{asset.name} is dead" }
  - rule: Dark
    on: luminaire
    when: power_w < 1.0
    for: 5m
    ticket: { title: "{asset.name} is dark", rollup: { by: circuit, min: 3, share: 0.5, as: Cabinet }, wait: 10m }
`);
  const circuit = asset('c1', 'circuit', { heartbeat_s: 300 });
  const lamps = [...Array(6).keys()].map((i) =>
    asset(`l${i}`, 'luminaire', { circuit: 'c1', heartbeat_s: 300 }),
  );
  const readings = [];
  // Out from 60 to 120; two lamps are the only ones that show it, and stay dark.
  for (let m = 0; m < 300; m += 5) {
    readings.push(reading(circuit, at(m), { energized: Number(m < 60 || m >= 120) }));
    for (const [i, lamp] of lamps.entries()) {
      readings.push(reading(lamp, at(m), { power_w: m >= 60 && i < 2 ? 0 : 60 }));
    }
  }
  const engine = freshEngine(rules, siteWith([circuit, ...lamps]), START);
  const changes = feed(engine, readings, at(300));
  const told = changes.map(
    ({ type, fault, at: when }) => `${(when - START) / MINUTE_MS} ${type} ${fault.key}`,
  );
  expect(told.filter((one) => one.includes('firing'))).toEqual([
    '61 firing Cabinet/c1',
    '145 firing Dark/l0',
    '145 firing Dark/l1',
  ]);
  expect(changes.findLast(({ fault }) => fault.rule === 'Cabinet')?.type).toBe('cleared');
  expect(changes.some(({ fault }) => fault.members.join() === 'l0,l1')).toBe(true);
});
