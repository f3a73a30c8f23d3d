import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../model/clock.ts';
import {
  asset,
  causes,
  freshEngine,
  library,
  reading,
  ruleSet,
  siteWith,
  troubledEstate,
} from './engine.testkit.ts';
import { createEngine } from './engine.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const at = (minutes: number): number => START + minutes * MINUTE_MS;

it('is of the moment at which it was asked for, whatever the engine does before it is written', () => {
  const rules = library();
  const { directory, readings } = troubledEstate(11, 30, START);
  const half = Math.floor(readings.length / 2);
  const engines = [freshEngine(rules, directory, START), freshEngine(rules, directory, START)] as const;
  for (const engine of engines) for (const one of readings.slice(0, half)) engine.step(one);
  const then = engines[0].snapshot();

  const written: Uint8Array[] = [];
  let next = half;
  for (const piece of engines[1].capture()) {
    written.push(Uint8Array.from(piece));
    const some = readings.slice(next, next + 100);
    for (const one of some) engines[1].step(one);
    engines[1].advance(some.at(-1)?.ts ?? START);
    next += some.length;
  }
  expect(next).toBeGreaterThan(half + 300);
  expect(Buffer.concat(written).equals(then)).toBe(true);
  expect(Buffer.from(engines[1].snapshot()).equals(then)).toBe(false);
});

const HOT = `
  - rule: Hot
    on: pump
    when: avg(bearing_c, "10m") > 80.0
    for: 20m
    ticket: { title: "{asset.name} is hot" }
`;
const OTHERS = `
  - rule: Shaking
    on: pump
    when: max(vibration_mm_s, "1h") > 6.0 && avg(bearing_c, "30m") > 0.0
    ticket: { title: "{asset.name} shakes" }
`;
const WARM = `
  - rule: Warm
    on: pump
    when: avg(bearing_c, "10m") > 60.0
    for: 30m
    ticket: { title: "{asset.name} is warm" }
`;

it('is read by names when rules and assets have come and gone', () => {
  const [p1, p2] = [asset('p1', 'pump'), asset('p2', 'pump')];
  const first = freshEngine(ruleSet(OTHERS + HOT), siteWith([p1]), START);
  for (let minute = 0; minute <= 15; minute += 5) {
    first.step(reading(p1, at(minute), { bearing_c: 85, vibration_mm_s: 2 }));
  }
  const restarted = createEngine({
    rules: ruleSet(WARM + HOT),
    directory: siteWith([p2, p1]),
    upSince: START,
    snapshot: first.snapshot(),
  });
  // Hot goes on from fifteen minutes of twenty; Warm is new and begins with what is heard next.
  const told = [...restarted.step(reading(p1, at(20), { bearing_c: 85 })), ...restarted.advance(at(60))];
  expect(causes(told)).toEqual([`Hot/p1/${at(20)}:firing`, `Warm/p1/${at(50)}:firing`]);
});

it('keeps samples that wait, and faults, when a rule joins them', () => {
  const late = (text: string): string => text.replace('ticket:', 'lateness: 10m\n    ticket:');
  const p1 = asset('p1', 'pump');
  const first = freshEngine(ruleSet(late(HOT)), siteWith([p1]), START);
  for (const minute of [0, 10, 20, 30]) first.step(reading(p1, at(minute), { bearing_c: 85 }));
  expect(causes(first.advance(at(32)))).toEqual([`Hot/p1/${at(20)}:firing`]);
  const second = createEngine({
    rules: ruleSet(late(OTHERS) + late(HOT)),
    directory: siteWith([p1]),
    upSince: START,
    snapshot: first.snapshot(),
  });
  expect(second.faults().map(({ key }) => key)).toEqual(['Hot/p1']);
  // Of the sample of 30 minutes nothing was judged yet.
  second.step(reading(p1, at(25), { bearing_c: 10 }));
  second.step(reading(p1, at(31), { bearing_c: 10 }));
  expect(causes(second.advance(at(60)))).toEqual([`Hot/p1/${at(25)}:cleared`]);
});
