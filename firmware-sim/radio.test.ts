import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { demoScenario, demoSite } from './demo.testkit.ts';
import { createFleet, type Fleet, type Outgoing } from './fleet.ts';
import { CLEAN, createRadio, RADIO, type RadioProfile } from './radio.ts';
import { readScenario } from './scenario.ts';
import { truthOf } from './truth.ts';

const START = Date.parse('2026-11-24T02:00:00Z');
const END = START + 4 * HOUR_MS;
const bays = { ...demoSite, assets: demoSite.assets.filter(({ id }) => /^(gw-1|bay-01.)$/.test(id)) };
const fleetWith = (faults = ''): Fleet =>
  createFleet({
    site: bays,
    scenario: faults ? readScenario(`faults:\n${faults}`, 's.yaml', bays) : { faults: [] },
    seed: 3,
    start: START,
    now: START,
  });
const all: readonly Outgoing[] = fleetWith().advance(END);
const sent = all.filter(({ wired, confirmed }) => !wired && !confirmed);
const key = ({ asset, ts }: Outgoing): string => `${asset} ${ts}`;

/** What arrives when the sending is cut at these times. */
function arrivals(profile: RadioProfile, cuts: readonly number[], seed = 1) {
  const radio = createRadio(profile, seededRandom(seed));
  const arrived = [];
  let from = 0;
  for (const cut of [...cuts, END]) {
    radio.send(sent.filter((one) => one.sent >= from && one.sent < cut));
    arrived.push(...radio.arrivals(cut));
    from = cut;
  }
  return [...arrived, ...radio.arrivals(END + HOUR_MS)];
}

test('a clean line brings everything once, in order, at once', () => {
  expect(arrivals(CLEAN, []).map(({ outgoing }) => outgoing)).toEqual(sent);
});

test('a bad one loses some two in a hundred, repeats five, and shuffles within ten minutes', () => {
  const all = arrivals(RADIO, []);
  const different = new Set(all.map(({ outgoing }) => key(outgoing)));
  expect(different.size / sent.length).toBeGreaterThan(0.96);
  expect(different.size / sent.length).toBeLessThan(0.995);
  expect(all.length / different.size).toBeGreaterThan(1.03);
  expect(all.length / different.size).toBeLessThan(1.07);
  const delays = all.map(({ at, outgoing }) => at - outgoing.sent);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThan(10 * MINUTE_MS);
  expect(Math.max(...delays)).toBeGreaterThan(9 * MINUTE_MS);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b));
});

test('the luck is the seed’s, however the time is cut', () => {
  const told = (all: ReturnType<typeof arrivals>): string[] =>
    all.map(({ at, outgoing }) => `${at} ${key(outgoing)}`).sort();
  const whole = told(arrivals(RADIO, []));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: START, max: END }), { maxLength: 5 }), (cuts) => {
      expect(
        told(
          arrivals(
            RADIO,
            [...cuts].sort((a, b) => a - b),
          ),
        ),
      ).toEqual(whole);
    }),
    { numRuns: 10 },
  );
  expect(told(arrivals(RADIO, [], 2))).not.toEqual(whole);
});

test('news is not lost: it is sent again until it is acknowledged', () => {
  const news = Array.from({ length: 300 }, (_, i) => ({ ...sent[0]!, sent: START + i, confirmed: true }));
  const radio = createRadio(RADIO, seededRandom(1));
  radio.send(news);
  const arrived = radio.arrivals(END);
  expect(new Set(arrived.map(({ outgoing }) => outgoing.sent)).size).toBe(300);
  expect(all.some(({ confirmed }) => confirmed)).toBe(true);
});

test('a wired device loses nothing and keeps its order; only repeats come late', () => {
  const wired = sent.map((one) => ({ ...one, wired: true }));
  const radio = createRadio(RADIO, seededRandom(1));
  radio.send(wired);
  const seen = new Set<string>();
  const first = radio.arrivals(END + HOUR_MS).filter(({ outgoing }) => {
    const isNew = !seen.has(key(outgoing));
    seen.add(key(outgoing));
    return isNew;
  });
  expect(first.map(({ outgoing }) => outgoing)).toEqual(wired);
});

test('a gateway whose line is down keeps what it hears and sends it afterwards', () => {
  const outage = '- { fault: gateway_outage, asset: gw-1, when: +1h for 2h }';
  const from = START + HOUR_MS;
  const to = START + 3 * HOUR_MS;
  const fleet = fleetWith(outage);
  const before = fleet.advance(to);
  expect(before.every(({ sent: at }) => at < from)).toBe(true);
  const after = fleet.advance(END);
  const kept = after.filter(({ ts }) => ts < to);
  expect(kept.length).toBeGreaterThan(100);
  expect(kept.every(({ sent: at }) => at === to)).toBe(true);
  expect([...before, ...after].map(key).sort()).toEqual(all.map(key).sort());
  expect(truthOf(fleet)).toMatchObject([
    { rule: 'GatewayOffline', fault: 'gateway_outage', members: expect.arrayContaining(['bay-010']) },
  ]);
  expect(Date.parse(truthOf(fleet)[0]!.observable!)).toBeGreaterThan(from);
});

test('an outage of ten minutes is nobody’s fault to find', () => {
  const fleet = fleetWith('- { fault: gateway_outage, asset: gw-1, when: +1h for 10m }');
  fleet.skip(END);
  expect(truthOf(fleet)).toMatchObject([{ rule: 'GatewayOffline', observable: null }]);
});

test('every fault of the demo could be seen by somebody', () => {
  const now = Date.parse('2026-11-24T02:00:00Z');
  const fleet = createFleet({
    site: demoSite,
    scenario: demoScenario,
    seed: 7,
    start: now - 48 * HOUR_MS,
    now,
  });
  fleet.skip(now);
  expect(truthOf(fleet).filter(({ observable }) => observable === null)).toEqual([]);
});
