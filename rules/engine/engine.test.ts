import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/clock.ts';
import { seededRandom } from '../../model/random.ts';
import {
  asset,
  causes,
  feed,
  freshEngine,
  library,
  reading,
  ruleSet,
  siteWith,
  troubledEstate,
} from './engine.testkit.ts';
import { createEngine } from './engine.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const HOURS = 30;
const END = START + (HOURS + 10) * HOUR_MS;
const rules = library();
/** The library with patience: every rule waits for samples that are up to ten minutes late. */
const patient = {
  ...rules,
  infos: new Map([...rules.infos].map(([name, info]) => [name, { ...info, lateness_ms: 15 * MINUTE_MS }])),
  lanes: rules.lanes.map((lane) => ({ ...lane, lateness_ms: 15 * MINUTE_MS })),
};
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const few = { numRuns: 6 };

describe('the outcome is a matter of event time alone', () => {
  it('is the same whether readings come second by second or device by device in slices', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(30, 45, 60), (seed, minutes) => {
        const { directory, readings } = troubledEstate(seed, HOURS, START);
        const live = feed(freshEngine(rules, directory, START), readings, END);
        const engine = freshEngine(rules, directory, START);
        const sliced = [];
        const slice = minutes * MINUTE_MS;
        for (let from = START; from < END; from += slice) {
          const inside = readings.filter(({ ts }) => ts >= from && ts < from + slice);
          inside.sort((a, b) => (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : a.ts - b.ts));
          for (const one of inside) sliced.push(...engine.step(one));
          sliced.push(...engine.advance(from + slice));
        }
        expect(causes(sliced)).toEqual(causes(live));
        expect(live.length).toBeGreaterThan(5);
      }),
      few,
    );
  });

  it('is the same for readings late, repeated and shuffled within the lateness', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { directory, readings } = troubledEstate(seed, HOURS, START);
        const plain = feed(freshEngine(patient, directory, START), readings, END);
        const random = seededRandom(seed);
        const shuffled = readings
          .flatMap((one) => {
            const late = (): typeof one => ({ ...one, received: one.ts + random.int(10 * MINUTE_MS) });
            return random.next() < 0.1 ? [late(), late()] : [late()];
          })
          .sort((a, b) => a.received - b.received);
        expect(causes(feed(freshEngine(patient, directory, START), shuffled, END))).toEqual(causes(plain));
      }),
      few,
    );
  });

  it('is the same after a restart anywhere, and told by the same causes when readings are replayed', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, where) => {
        const { directory, readings } = troubledEstate(seed, HOURS, START);
        const plain = feed(freshEngine(rules, directory, START), readings, END);
        const cut = Math.floor(where * readings.length);
        const first = freshEngine(rules, directory, START);
        const before = readings
          .slice(0, cut)
          .flatMap((one) => [...first.advance(one.received), ...first.step(one)]);
        const snapshot = first.snapshot();
        const restored = createEngine({ rules, directory, upSince: START, snapshot });
        const after = feed(restored, readings.slice(cut), END);
        expect(causes([...before, ...after])).toEqual(causes(plain));

        // The journal replays what the snapshot has seen already: nothing is told that was not told before.
        const replayed = createEngine({ rules, directory, upSince: START, snapshot });
        const again = readings.slice(Math.max(0, cut - 200), cut).flatMap((one) => replayed.step(one));
        expect(again.every(({ cause }) => plain.some((change) => change.cause === cause))).toBe(true);
        const rest = feed(replayed, readings.slice(cut), END);
        expect(causes([...before, ...again, ...rest])).toEqual(causes(plain));
      }),
      few,
    );
  });
});

const HOT = `
  - rule: Hot
    on: pump
    when: bearing_c > 80.0
    clear: bearing_c < 70.0
    for: 20m
    keep_firing_for: 5m
    words: "{bearing_c} degrees, {running}"
    ticket: { title: "{asset.name} is hot", proof: { text: cool, healthy: bearing_c < 70.0, over: 30m } }
`;
const pump = asset('p1', 'pump', { heartbeat_s: 1800 });
const directory = siteWith([pump]);
const at = (minutes: number): number => START + minutes * MINUTE_MS;

describe('one rule and one pump', () => {
  it('fires at the exact end of its hold, between two samples, and clears and is proved in the same way', () => {
    const engine = freshEngine(ruleSet(HOT), directory, START);
    const told = [
      ...engine.step(reading(pump, at(0), { bearing_c: 85 })),
      ...engine.step(reading(pump, at(29), { bearing_c: 60 })),
      ...engine.step(reading(pump, at(58), { bearing_c: 61 })),
      ...engine.advance(at(90)),
    ];
    expect(causes(told)).toEqual([
      `Hot/p1/${at(20)}:firing`,
      `Hot/p1/${at(34)}:cleared`,
      `Hot/p1/${at(64)}:proved`,
    ]);
    expect(told[0]!.fault).toMatchObject({
      since: at(20),
      title: 'p1 is hot',
      proof: 'cool',
      trade: 'plumber',
      evidence: {
        text: '85 degrees, unknown',
        expression: 'bearing_c > 80.0',
        values: { bearing_c: 85 },
        metrics: ['bearing_c'],
        from: at(20) - 6 * HOUR_MS,
        to: at(20) + HOUR_MS,
      },
    });
  });

  it('goes on from fifteen minutes of twenty after a restart', () => {
    const first = freshEngine(ruleSet(HOT), directory, START);
    first.step(reading(pump, at(0), { bearing_c: 85 }));
    first.advance(at(15));
    const second = createEngine({
      rules: ruleSet(HOT),
      directory,
      upSince: at(18),
      snapshot: first.snapshot(),
    });
    expect(second.advance(at(20))).toEqual([]);
    expect(causes(second.advance(at(20) + 1))).toEqual([`Hot/p1/${at(20)}:firing`]);
    expect(second.faults()).toHaveLength(1);
    expect(second.describe()).toMatchObject([{ rule: 'Hot', kind: 'pump', for_ms: 1_200_000, firing: 1 }]);
  });

  it('does not fire on what is no news any more, and silence does not count towards the hold', () => {
    const engine = freshEngine(
      ruleSet(HOT),
      siteWith([{ ...pump, attributes: { heartbeat_s: 300 } }]),
      START,
    );
    engine.step(reading(pump, at(0), { bearing_c: 85 }));
    expect(engine.advance(at(60))).toEqual([]);
    engine.step(reading(pump, at(60), { bearing_c: 85 }));
    // 17½ minutes were known at first; 2½ more are needed.
    expect(causes(engine.advance(at(70)))).toEqual([`Hot/p1/${at(62.5)}:firing`]);
  });

  it('ignores a clock that is far ahead, and a sample that comes later than it may', () => {
    const engine = freshEngine(ruleSet(HOT), directory, START);
    engine.step(reading(pump, at(60), { bearing_c: 85 }, at(0)));
    engine.step(reading(pump, at(1), { bearing_c: 20 }));
    engine.step(reading(pump, at(0), { bearing_c: 85 }));
    expect(engine.advance(at(50))).toEqual([]);
  });

  it('treats unknown as the rule says', () => {
    const policies = ['hold', 'clear', 'fire'].map((unknown) => {
      const set = ruleSet(HOT.replace('for: 20m', `for: 20m\n    unknown: ${unknown}`));
      const engine = freshEngine(set, siteWith([{ ...pump, attributes: { heartbeat_s: 60 } }]), START);
      engine.step(reading(pump, at(0), { running: 1 }));
      engine.step(reading(pump, at(1), { bearing_c: 85 }));
      return causes(engine.advance(at(40)));
    });
    expect(policies).toEqual([[], [], [`Hot/p1/${at(20)}:firing`]]);
  });
});

describe('silence', () => {
  const bays = [0, 1, 2, 3].map((i) => asset(`b${i}`, 'bay', { heartbeat_s: 600, gateway: 'g1' }));
  const gateway = asset('g1', 'gateway', { heartbeat_s: 600 });
  const estate = siteWith([...bays, gateway]);

  it('is nobody’s who was never heard, and none while Steward itself was down', () => {
    const engine = freshEngine(rules, estate, START);
    engine.step(reading(bays[0]!, at(0), { occupied: 0 }));
    const later = createEngine({
      rules,
      directory: estate,
      upSince: at(600),
      snapshot: engine.snapshot(),
    });
    expect(later.advance(at(645) + 1)).toEqual([]);
    const told = later.advance(at(700));
    expect(causes(told)).toEqual([`DeviceSilent/b0/${at(655)}:firing`]);
  });

  it('goes on where it was, however often Steward starts anew', () => {
    let engine = freshEngine(rules, estate, START);
    engine.step(reading(bays[0]!, at(0), { occupied: 0 }));
    for (let minutes = 7; minutes < 55; minutes += 7) {
      engine.advance(at(minutes));
      const snapshot = engine.snapshot();
      engine = createEngine({ rules, directory: estate, upSince: at(minutes), snapshot });
    }
    expect(causes(engine.advance(at(100)))).toEqual([`DeviceSilent/b0/${at(55)}:firing`]);
  });

  it('of most devices of a gateway is one fault, and those left over become their own', () => {
    const engine = freshEngine(rules, estate, START);
    for (const bay of bays) engine.step(reading(bay, at(0), { occupied: 0 }));
    const told = [...engine.advance(at(120))];
    expect(told.map(({ cause }) => cause)).toEqual([`GatewayOffline/g1/${at(55)}:firing`]);
    expect(told[0]!.fault).toMatchObject({ members: ['b0', 'b1', 'b2', 'b3'], kind: 'gateway' });
    for (let t = 120; t <= 240; t += 10) {
      for (const bay of bays.slice(1)) told.push(...engine.step(reading(bay, at(t), { occupied: 0 })));
    }
    told.push(...engine.advance(at(260)));
    expect(causes(told).slice(1)).toEqual([
      `GatewayOffline/g1/${at(120)}:cleared`,
      // After three heartbeats of its own, in which it could have been heard, and the rule's wait.
      `DeviceSilent/b0/${at(160)}:firing`,
      `GatewayOffline/g1/${at(180)}:proved`,
    ]);
  });
});

it('takes a pump that runs dry five seconds after its only sample', () => {
  const engine = freshEngine(rules, directory, START);
  expect(engine.step(reading(pump, START, { running: 1, power_w: 800 }))).toEqual([]);
  expect(engine.advance(START + 5 * SECOND_MS)).toEqual([]);
  expect(engine.advance(START + 6 * SECOND_MS)).toMatchObject([{ type: 'firing', at: START + 5_000 }]);
});

it('refuses a snapshot that it cannot read', () => {
  const broken = new Uint8Array([1, 2, 3]);
  const open = (): unknown => createEngine({ rules, directory, upSince: START, snapshot: broken });
  expect(open).toThrow('snapshot of the rules');
});
