import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../model/clock.ts';
import type { FaultChange } from '../../model/fault.ts';
import { seededRandom } from '../../model/random.ts';
import type { Reading } from '../../model/reading.ts';
import { asset, causes, feed, freshEngine, reading, ruleSet, siteWith } from './engine.testkit.ts';
import { createEngine } from './engine.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (minutes: number): number => START + minutes * MINUTE_MS;
const pump = asset('p1', 'pump', { heartbeat_s: 1800, gateway: 'g1' });
const gateway = asset('g1', 'gateway', { heartbeat_s: 1800 });
const directory = siteWith([pump, gateway]);

function hot(keys = '', inTicket = ''): string {
  return `
  - rule: Hot
    on: pump
    when: bearing_c > 80.0
    clear: bearing_c < 70.0
    ${keys}
    ticket: { title: "{asset.name} is hot"${inTicket} }
`;
}

/** Hot at `from` and every so many minutes until `until`, cool five minutes later and from then on. */
function spells(every: number, until: number, end: number): Reading[] {
  const readings: Reading[] = [];
  for (let m = 0; m <= end; m += 5)
    readings.push(reading(pump, at(m), { bearing_c: m <= until && m % every === 0 ? 90 : 60 }));
  return readings;
}

function run(rules: string, readings: readonly Reading[]): FaultChange[] {
  return feed(freshEngine(ruleSet(rules), directory, START), readings, at(600));
}
const story = (changes: readonly FaultChange[]): string[] =>
  changes.map(({ type, at: t }) => `${type} ${(t - START) / MINUTE_MS}`);

describe('a fault that comes and goes', () => {
  it('flaps once it would end for the fourth time in an hour: it goes on until it was well for an hour', () => {
    const changes = run(hot(), spells(10, 90, 300));
    expect(story(changes)).toEqual([
      ...['firing 0', 'cleared 5', 'firing 10', 'cleared 15', 'firing 20', 'cleared 25'],
      ...['firing 30', 'amended 35', 'cleared 155'],
    ]);
    const { evidence } = changes.find(({ type }) => type === 'amended')!.fault;
    expect(evidence.text).toBe('Comes and goes, 4 times within 1h: bearing_c = 60');
    expect(evidence.values).toEqual({ bearing_c: 60, flaps: 4 });
  });

  it.each([
    ['three times in an hour is not often', '', 20, 9],
    ['as often as the rule says', 'flapping: { times: 3, within: 2h }', 60, 4],
    ['twice is enough where the rule says so', 'flapping: { times: 2, within: 3h }', 60, 2],
    ['never where the rule says so', 'flapping: { times: 2, within: 0s }', 10, 17],
  ])('%s', (_, keys, every, firings) => {
    const changes = run(hot(keys), spells(every, 160, 160));
    const count = (type: string): number => changes.filter((change) => change.type === type).length;
    const fires = Math.floor(160 / every) + 1;
    const expected = Math.min(fires, firings);
    expect(count('firing')).toBe(expected);
    expect(count('amended')).toBe(Number(expected < fires));
  });

  it('has its holds too: only what would have ended counts', () => {
    const changes = run(hot('keep_firing_for: 6m'), spells(10, 90, 300));
    expect(story(changes)).toEqual(['firing 0', 'cleared 101']);
  });

  it('begins anew after it has ended, and may flap again', () => {
    const first = spells(10, 90, 300);
    const again = first.map((one) => ({
      ...one,
      ts: one.ts + at(240) - START,
      received: one.ts + at(240) - START,
    }));
    const changes = run(hot(), [...first.filter(({ ts }) => ts < at(240)), ...again]);
    expect(
      changes.filter(({ type }) => type === 'amended').map(({ at: t }) => (t - START) / MINUTE_MS),
    ).toEqual([35, 275]);
    expect(changes.filter(({ type }) => type === 'cleared')).toHaveLength(8);
  });

  it('is told of where faults can be held back by others', () => {
    const offline =
      '\n  - rule: Offline\n    on: gateway\n    when: absent("10h")\n    ticket: { title: "{asset.name} is silent" }\n';
    const changes = run(hot('', ', inhibited_by: [Offline]') + offline, spells(10, 90, 300));
    expect(story(changes)).toContain('amended 35');
    expect(changes.find(({ type }) => type === 'amended')!.fault.evidence.text).toMatch(
      /^Comes and goes, 4 times/,
    );
  });
});

it('flaps in the same way whatever the order of readings within the lateness, repeated, restarted anywhere', () => {
  let flapped = 0;
  const rules = ruleSet(hot('lateness: 15m\n    keep_firing_for: 2m'));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, where) => {
        const random = seededRandom(seed);
        const readings: Reading[] = [];
        for (let t = START; t < START + 8 * HOUR_MS; t += 1 + random.int(10 * MINUTE_MS)) {
          const troubled = Math.floor((t - START) / (2 * HOUR_MS)) % 2 === 0;
          readings.push(reading(pump, t, { bearing_c: troubled && random.next() < 0.5 ? 90 : 60 }));
        }
        const plain = feed(freshEngine(rules, directory, START), readings, at(900));
        if (plain.some(({ type }) => type === 'amended')) flapped++;
        const shuffled = readings
          .flatMap((one) =>
            Array.from({ length: 1 + random.int(2) }, () => ({
              ...one,
              received: one.ts + random.int(10 * MINUTE_MS),
            })),
          )
          .sort((a, b) => a.received - b.received);
        const cut = Math.floor(where * shuffled.length);
        const first = freshEngine(rules, directory, START);
        const before = shuffled
          .slice(0, cut)
          .flatMap((one) => [...first.advance(one.received), ...first.step(one)]);
        const restored = createEngine({ rules, directory, upSince: START, snapshot: first.snapshot() });
        const after = feed(restored, shuffled.slice(cut), at(900));
        expect(causes([...before, ...after])).toEqual(causes(plain));
      },
    ),
    { numRuns: 30 },
  );
  expect(flapped).toBeGreaterThan(5);
});
