import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import { type Random, seededRandom } from '../../model/random.ts';
import type { Reading } from '../../model/reading.ts';
import type { RuleSet } from '../language/rule.ts';
import { asset, causes, feed, freshEngine, reading, ruleSet, siteWith } from './engine.testkit.ts';
import { createEngine } from './engine.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const at = (minutes: number): number => START + minutes * MINUTE_MS;

const rulesOf = (lateness: string): string => `
  - rule: Odd
    on: luminaire
    when: power_w < 0.5 * peers("circuit", power_w)
    for: 5m
    lateness: ${lateness}
    words: "{power_w} W, its neighbours {peers(\\"circuit\\", power_w)} W"
    ticket: { title: "{asset.name} is weaker than its neighbours" }
`;
const lamps = [0, 1, 2].map((i) => asset(`l${i}`, 'luminaire', { circuit: 'c1' }));
const alone = asset('l9', 'luminaire', { circuit: 'c2' });
const directory = siteWith([...lamps, alone, asset('c1', 'circuit'), asset('c2', 'circuit')]);

/**
 * Says the readings in any order within ten minutes, some twice, restarts somewhere, and expects what they say in their own
 * order; answers how much that is.
 */
function sameInAnyOrder(
  rules: RuleSet,
  directory: Directory,
  readings: readonly Reading[],
  random: Random,
): number {
  const plain = feed(freshEngine(rules, directory, START), readings, at(200));
  const late = readings
    .flatMap((one) => {
      const again = (): Reading => ({ ...one, received: one.ts + random.int(10 * MINUTE_MS) });
      return random.next() < 0.2 ? [again(), again()] : [again()];
    })
    .sort((a, b) => a.received - b.received);
  const cut = random.int(late.length);
  const first = freshEngine(rules, directory, START);
  const before = late.slice(0, cut).flatMap((one) => [...first.advance(one.received), ...first.step(one)]);
  const second = createEngine({ rules, directory, upSince: START, snapshot: first.snapshot() });
  const after = feed(second, late.slice(cut), at(200));
  expect(causes([...before, ...after])).toEqual(causes(plain));
  return plain.length;
}

describe('neighbours', () => {
  it('are the other assets of the group, asked at the time of the sample', () => {
    const engine = freshEngine(ruleSet(rulesOf('0s')), directory, START);
    const told = [];
    for (let minute = 0; minute <= 20; minute += 5) {
      for (const [i, lamp] of [...lamps, alone].entries()) {
        const power_w = i === 1 && minute >= 10 ? 20 : 60;
        told.push(...engine.step(reading(lamp, at(minute), { power_w })));
      }
      told.push(...engine.advance(at(minute) + 1));
    }
    expect(causes(told)).toEqual([`Odd/l1/${at(15)}:firing`]);
    expect(told[0]!.fault.evidence.text).toBe('20 W, its neighbours 60 W');
  });

  it('say nothing where there are none, or none is known any more', () => {
    const engine = freshEngine(ruleSet(rulesOf('0s')), directory, START);
    engine.step(reading(alone, at(0), { power_w: 1 }));
    for (const lamp of lamps.slice(1)) engine.step(reading(lamp, at(0), { power_w: 60 }));
    engine.advance(at(1));
    // Without a heartbeat a value counts for an hour.
    engine.step(reading(lamps[0]!, at(61), { power_w: 1 }));
    expect(engine.advance(at(90))).toEqual([]);
  });

  it('give the same for readings in any order within the lateness, repeated, and restarted anywhere', () => {
    const rules = ruleSet(rulesOf('10m'));
    let told = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const random = seededRandom(seed);
        const readings = lamps.flatMap((lamp) =>
          Array.from({ length: 60 }, (_, i) =>
            reading(lamp, at(2 * i), { power_w: random.next() < 0.3 ? 5 : 60 }),
          ),
        );
        readings.sort((a, b) => a.ts - b.ts);
        told += sameInAnyOrder(rules, directory, readings, random);
      }),
      { numRuns: 20 },
    );
    expect(told).toBeGreaterThan(20);
  });
});

describe('a total over assets of another kind', () => {
  const text = (lateness: string): string => `
  - rule: Uneven
    on: meter
    when: 'entries - exits - total("bay", "zone", "occupied") > 1.5'
    for: 5m
    lateness: ${lateness}
    words: '{total("bay", "zone", "occupied")} of {total("bay", "zone", "known(occupied) ? 1.0 : 0.0")} bays'
    ticket: { title: "{asset.name} counts what is not there" }
`;
  const gate = asset('gate', 'meter');
  const bays = [0, 1, 2, 3].map((i) => asset(`b${i}`, 'bay', { heartbeat_s: 600 }));
  const site = siteWith([...bays, gate, ...lamps]);

  it('counts those for which it is known, and judges only the asset of the rule', () => {
    const engine = freshEngine(ruleSet(text('0s')), site, START);
    const told = [];
    for (let minute = 0; minute <= 20; minute += 5) {
      for (const [i, bay] of bays.slice(0, 3).entries()) {
        told.push(...engine.step(reading(bay, at(minute), { occupied: Number(i === 1) })));
      }
      const entries = minute >= 10 ? 3 : 1;
      told.push(...engine.step(reading(gate, at(minute), { entries, exits: 0 })));
      told.push(...engine.advance(at(minute) + 1));
    }
    expect(causes(told)).toEqual([`Uneven/gate/${at(15)}:firing`]);
    expect(told[0]!.fault.evidence.text).toBe('1 of 3 bays');
    expect(engine.explain('b1')).toEqual([]);
    expect(engine.explain('gate')).toMatchObject([{ rule: 'Uneven', phase: 'firing' }]);
  });

  it('is the same for readings in any order within the lateness, repeated, and restarted anywhere', () => {
    const rules = ruleSet(text('10m'));
    let told = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const random = seededRandom(seed);
        const ofGate = Array.from({ length: 60 }, (_, i) =>
          reading(gate, at(2 * i), { entries: random.next() < 0.2 ? 1 : 4, exits: 0 }),
        );
        const ofBays = bays.flatMap((bay) =>
          Array.from({ length: 60 }, (_, i) =>
            reading(bay, at(2 * i), { occupied: Number(random.next() < 0.4) }),
          ),
        );
        const readings = [...ofGate, ...ofBays].sort((a, b) => a.ts - b.ts);
        told += sameInAnyOrder(rules, site, readings, random);
      }),
      { numRuns: 20 },
    );
    expect(told).toBeGreaterThan(20);
  });
});

it.each([
  ['total("bay", "zone", "occupid") > 1.0', 'a bay has no "occupid"'],
  ['total("luminaire", "zone", "power_w") > 1.0', 'total asks assets of another kind'],
  ['total("bay", "street", "occupied") > 1.0', 'neighbours are those of the same circuit'],
  ['peers("street", power_w) > 1.0', 'neighbours are those of the same circuit'],
  ['peers("zone", peers("zone", power_w)) > 1.0', 'neighbours are not asked for theirs'],
  ['peers("zone", 1.0, 2.0) > 1.0', 'peers'],
])('refuses %s', (when, message) => {
  const text = rulesOf('0s').replace(/when: .*/, `when: '${when}'`);
  expect(() => ruleSet(text)).toThrow(message);
});
