import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import { expectedLevel } from '../model/lighting.ts';
import { nightsBefore } from './calendar.ts';
import { demoScenario, demoSite } from './demo.testkit.ts';
import { injectionsOf } from './injection.ts';
import { readScenario } from './scenario.ts';
import { parseWhen, resolveWhen } from './scenario-time.ts';

function mistakesIn(text: string): string[] {
  try {
    readScenario(text, 'scenario.yaml', demoSite);
  } catch (error) {
    expect(error).toBeInstanceOf(StewardError);
    expect((error as StewardError).code).toBe('scenario_invalid');
    return (error as StewardError).message.split('\n');
  }
  return [];
}

describe('when', () => {
  const now = Date.parse('2026-01-14T14:00:00Z');
  const [lastNight, nightBefore] = nightsBefore(now, demoSite) as [number, number];
  const cases: [string, number, number | null][] = [
    ['now', now, null],
    ['-30h', now - 30 * HOUR_MS, null],
    ['+5m for 10m', now + 5 * MINUTE_MS, now + 15 * MINUTE_MS],
    ['-2h for 40m', now - 2 * HOUR_MS, now - 80 * MINUTE_MS],
    ['-1d2h30m', now - 26.5 * HOUR_MS, null],
    ['last_night', lastNight, null],
    ['last_night+2h for 1.5h', lastNight + 2 * HOUR_MS, lastNight + 3.5 * HOUR_MS],
    ['last_night-10m', lastNight - 10 * MINUTE_MS, null],
    ['night_before_last+1h  for 1d', nightBefore + HOUR_MS, nightBefore + 25 * HOUR_MS],
  ];
  test.each(cases)('%s', (text, from, to) => {
    expect(resolveWhen(parseWhen(text)!, now, [lastNight, nightBefore])).toEqual({ from, to });
  });

  test.each(['', '30h', '-30', 'yesterday', '-2h for', '-2h until -1h', 'last_night 2h', '-h', 'for 2h'])(
    'not: "%s"',
    (text) => expect(parseWhen(text)).toBeUndefined(),
  );

  test.each([
    ['in the evening, tonight has begun', '2026-01-14T18:00:00Z', '2026-01-14', '2026-01-13'],
    ['after midnight, it is still the same night', '2026-01-15T02:00:00Z', '2026-01-14', '2026-01-13'],
    ['by day, it is over', '2026-01-15T14:00:00Z', '2026-01-14', '2026-01-13'],
    ['midsummer', '2026-06-21T12:00:00Z', '2026-06-20', '2026-06-19'],
  ])('last night: %s', (_, at, last, before) => {
    const nights = nightsBefore(Date.parse(at), demoSite);
    expect(nights.map((night) => new Date(night).toISOString().slice(0, 10))).toEqual([last, before]);
    for (const night of nights) {
      expect(expectedLevel(night, demoSite, demoSite.lighting)).toBe(100);
      expect(expectedLevel(night - MINUTE_MS, demoSite, demoSite.lighting)).toBe(0);
    }
  });

  test('where night never comes, what is told from it is left out', () => {
    const tromso = { ...demoSite, lat: 69.65, lon: 18.96, tz: 'Europe/Oslo' };
    const june = Date.parse('2026-06-21T12:00:00Z');
    expect(nightsBefore(june, tromso)).toEqual([]);
    const left = injectionsOf(demoScenario, tromso, june);
    expect(left).toHaveLength(demoScenario.faults.filter(({ when }) => when.anchor === 'now').length);
  });
});

describe('a scenario file', () => {
  test('the demo uses many kinds of fault, all of it within 48 hours of history whatever the hour', () => {
    expect(new Set(demoScenario.faults.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(11);
    for (let hour = 0; hour < 24; hour++) {
      for (const day of ['2026-03-29', '2026-06-21', '2026-12-21']) {
        const now = Date.parse(`${day}T00:00:00Z`) + hour * HOUR_MS;
        for (const { from, to, fault } of injectionsOf(demoScenario, demoSite, now)) {
          expect(from, fault).toBeGreaterThanOrEqual(now - 48 * HOUR_MS);
          // Long enough ago for the slowest rule to have seen it begin, and end unless it still goes on.
          expect(from, fault).toBeLessThan(now - 40 * MINUTE_MS);
          if (to !== null && to <= now) expect(to, fault).toBeLessThan(now - 40 * MINUTE_MS);
        }
      }
    }
  });

  test.each([
    [
      'an unknown key',
      'faults:\n- { fault: lamp_out, asset: lamp-001, when: -2h, wen: 1 }',
      /^scenario.yaml:2:50: faults\[0\].wen: unknown key "wen" \(did you mean "when"\?\)$/,
    ],
    [
      'an unknown fault',
      'faults:\n- fault: lamp_off\n  asset: lamp-001\n  when: -2h',
      /^scenario.yaml:2:3: faults\[0\].fault: /,
    ],
    [
      'an unknown asset',
      'faults:\n- fault: lamp_out\n  asset: lamp-0001\n  when: -2h',
      /^scenario.yaml:3:3: .*no asset "lamp-0001" in the site "alder-wharf" \(did you mean "lamp-001"\?\)$/,
    ],
    [
      'the wrong kind of asset',
      'faults:\n- fault: lamp_out\n  asset: pump-01\n  when: -2h',
      /^scenario.yaml:3:3: .*lamp_out happens to a luminaire, "pump-01" is a pump$/,
    ],
    [
      'a lane where parking is allowed',
      'faults:\n- fault: fire_lane_occupied\n  asset: bay-001\n  when: -2h',
      /3:3: .*class fire_lane, "bay-001" is accessible$/,
    ],
    [
      'a battery that is not there',
      'faults:\n- fault: battery_low\n  asset: bay-026\n  when: -2h',
      /3:3: .*battery_low happens to a bay of bay_class general or .*, "bay-026" is charging$/,
    ],
    [
      'an asset that nobody simulates',
      'faults:\n- fault: pump_dry_run\n  asset: pump-12\n  when: -2h',
      /3:3: .*"pump-12" is not simulated/,
    ],
    [
      'a time that is none',
      'faults:\n- fault: lamp_out\n  asset: lamp-001\n  when: yesterday',
      /^scenario.yaml:4:3: .*write -30h/,
    ],
    [
      'a service that ends by itself',
      'faults:\n- fault: pump_service_due\n  asset: pump-01\n  when: -2h for 1h',
      /^scenario.yaml:4:3: .*leave out "for"/,
    ],
    [
      'a vibration of a lamp',
      'faults:\n- fault: lamp_out\n  asset: lamp-001\n  when: -2h\n  vibration_mm_s: 5',
      /^scenario.yaml:5:3: .*only pump_vibration has it$/,
    ],
    ['not YAML', 'faults: [', /^scenario.yaml:1:/],
  ])('%s', (_, text, message) => {
    const mistakes = mistakesIn(text);
    expect(mistakes[0]).toMatch(message);
  });

  test('names every mistake at once', () => {
    expect(
      mistakesIn(
        'faults:\n- { fault: lamp_out, asset: x, when: y }\n- { fault: lamp_out, asset: z, when: -2h }',
      ),
    ).toHaveLength(3);
  });

  test('nothing goes wrong in an empty one', () =>
    expect(readScenario('', 's.yaml', demoSite).faults).toEqual([]));
});
