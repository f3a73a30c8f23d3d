import { describe, expect, it } from 'vitest';
import { runRuleTests } from '../testing/run.ts';
import { loadRules } from './load.ts';

/** Failures of a rule with this condition on a pump that shows these values every hour. */
function failures(
  when: string,
  values: string,
  expected: readonly [at: string, fires: boolean][],
  pump = 'id: p1',
): readonly string[] {
  const text = `groups:
- name: g
  rules:
  - { rule: Own, on: pump, when: '${when}', stale: 1d, ticket: { title: t } }
tests:
- start: 2026-03-01T00:00:00Z
  assets: [{ ${pump}, kind: pump }]
  series:
  - { of: p1/bearing_c, every: 1h, values: "${values}" }
  - { of: p1/running, every: 1h, values: "0 1x499" }
  variants: [duplicate 5%, restart at 30h]
  expect:
${expected.map(([at, fires]) => `  - { at: ${at}, firing: [${fires ? 'Own/p1' : ''}] }`).join('\n')}
`;
  return runRuleTests([{ file: 'own.yaml', text }]).failures.map(
    ({ variant, message }) => `${variant}: ${message}`,
  );
}

describe('an asset beside its own past', () => {
  it.each([
    // 40 for a day and then 60: the baseline is the day's, known when it is over, whatever comes later.
    [
      'baseline(bearing_c, "1d") > 0',
      '40x23 60x100',
      [
        ['23h30m', false],
        ['24h30m', true],
        ['100h', true],
      ],
    ],
    [
      'bearing_c > 1.4 * baseline(bearing_c, "1d")',
      '40x23 60x100',
      [
        ['23h30m', false],
        ['25h', true],
        ['120h', true],
      ],
    ],
    // Only what counts is learnt: the first hour it does not run.
    [
      'baseline(bearing_c, "1d", running) == 40',
      '90 40x23 60x100',
      [
        ['24h30m', false],
        ['25h30m', true],
      ],
    ],
    ['baseline(bearing_c, "1d", !running) > 0', '90 40x23 60x100', [['100h', false]]],
    // Fewer than ten samples are no past; learning goes on until there are.
    [
      'baseline(bearing_c, "5h") > 0',
      '40x100',
      [
        ['8h30m', false],
        ['9h30m', true],
      ],
    ],
    // 38 and 42 in turn scatter by 2.04 (24 samples).
    [
      'deviation(bearing_c, "1d") > 2.0 && deviation(bearing_c, "1d") < 2.1',
      '38 42 38 42 38 42 38 42 38 42 38 42 38 42 38 42 38 42 38 42 38 42 38 42 90x9',
      [
        ['24h30m', true],
        ['32h', true],
      ],
    ],
    // Two hours behind with a time constant of two hours: 40 + 20 · (1 − 1/e) = 52.6.
    [
      'smooth(bearing_c, "2h") > 52',
      '40x47 60x60',
      [
        ['47h30m', false],
        ['48h30m', false],
        ['49h30m', true],
        ['100h', true],
      ],
    ],
    // The first sample after a pause of 21 hours weighs as one of two: 52.6.
    ['smooth(bearing_c, "2h") > 53', '40x27 _x20 60 40x60', [['48h30m', false]]],
    ['smooth(bearing_c, "1h") > 0', '40', [['5h', false]]],
  ] as const)('%s of %s', (when, values, expected) => {
    expect(
      failures(
        when,
        values,
        expected.map(([at, fires]) => [at, fires]),
      ),
    ).toEqual([]);
  });

  it('learns anew after a service', () => {
    const served = failures(
      'baseline(bearing_c, "1d") > 50',
      '40x47 60x100',
      [
        ['71h', false],
        ['73h', true],
      ],
      'id: p1, serviced: 2026-03-03',
    );
    expect(served).toEqual([]);
  });

  it('finds an anomaly after the time of learning, and its end', () => {
    const noise = (level: number, n: number): string =>
      Array.from({ length: n }, (_, i) => level + ((i * 7) % 5) - 2).join(' ');
    expect(
      failures('anomaly(bearing_c, "10d") > 1.0', `${noise(40, 300)} ${noise(50, 30)} ${noise(40, 100)}`, [
        ['12d11h', false],
        ['13d', true],
        ['16d', false],
      ]),
    ).toEqual([]);
  });

  it.each([
    ['baseline(rated_w, "1d") > 0.0', 'baseline needs a metric'],
    ['baseline(bearing_c, "0s") > 0.0', 'longer than nothing'],
    ['baseline(bearing_c, "soon") > 0.0', 'a duration is written'],
    ['baseline(bearing_c, "1d") > power_w', '°C cannot be compared with W'],
    ['known(duty)', 'no matching overload'],
  ])('is refused: %s', (when, message) => {
    const text = `groups:\n- name: g\n  rules:\n  - { rule: Own, on: pump, when: '${when}', ticket: { title: t } }\n`;
    expect(() => loadRules([{ file: 'own.yaml', text }])).toThrow(message);
  });
});

describe('known()', () => {
  it.each([
    ['bearing_c > 0 && !known(vibration_mm_s)', [['1h30m', true]]],
    [
      'known(bearing_c) && bearing_c > 50',
      [
        ['2h30m', false],
        ['3h30m', true],
      ],
    ],
    // Stale after a day: then it is not known, without any sample that says so.
    [
      '!known(bearing_c)',
      [
        ['10h', false],
        ['33h', false],
        ['36h', true],
      ],
    ],
  ] as const)('%s', (when, expected) => {
    expect(
      failures(
        when,
        '40 40 40 60x7 _x90 60',
        expected.map(([at, fires]) => [at, fires]),
      ),
    ).toEqual([]);
  });
});
