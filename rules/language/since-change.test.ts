import { expect, it } from 'vitest';
import { runRuleTests } from '../testing/run.ts';
import { loadRules } from './load.ts';

const ruleFile = (when: string): string => `groups:
- name: g
  rules:
  - { rule: Same, on: bay, when: '${when}', stale: 8d, ticket: { title: t } }
`;

/** Failures of a rule with this condition on a bay that shows these values every ten minutes. */
function failures(
  when: string,
  heartbeat_s: number,
  values: string,
  expected: readonly (readonly [at: string, fires: boolean])[],
): readonly string[] {
  const text = `${ruleFile(when)}tests:
- start: 2026-03-01T00:00:00Z
  assets: [{ id: b1, kind: bay, heartbeat_s: ${heartbeat_s} }]
  series: [{ of: b1/occupied, every: 10m, values: "${values}" }]
  variants: [shuffle 1m, duplicate 10%, restart at 35m, restart at 95m]
  expect:
${expected.map(([at, fires]) => `  - { at: ${at}, firing: [${fires ? 'Same/b1' : ''}] }`).join('\n')}
`;
  return runRuleTests([{ file: 'same.yaml', text }]).failures.map(
    ({ variant, message }) => `${variant}: ${message}`,
  );
}

const OVER = 'since_change(occupied) > duration("1h")';
const OVER_A_SILENCE = 'since_change(occupied, "2h") > duration("1h")';

it.each([
  [
    'counts from the change',
    OVER,
    600,
    '0 1x20',
    [
      ['69m', false],
      ['71m', true],
    ],
  ],
  [
    'counts from when it was first seen',
    OVER,
    600,
    '1x20',
    [
      ['59m', false],
      ['61m', true],
    ],
  ],
  [
    'goes on over two lost reports',
    OVER,
    600,
    '0 1x2 _x2 1x20',
    [
      ['69m', false],
      ['71m', true],
    ],
  ],
  // Heard again after 70 minutes.
  [
    'begins anew after a longer silence',
    OVER,
    600,
    '0 1x2 _x3 1x20',
    [
      ['71m', false],
      ['129m', false],
      ['131m', true],
    ],
  ],
  [
    'is unknown while such a silence lasts',
    `known(occupied) && ${OVER}`,
    600,
    '0 1x2 _x30',
    [
      ['71m', false],
      ['5h', false],
    ],
  ],
  [
    'minds no silence of who promises nothing',
    OVER,
    0,
    '0 1 _x30',
    [
      ['69m', false],
      ['71m', true],
    ],
  ],
  [
    'minds only a silence longer than it is told',
    OVER_A_SILENCE,
    600,
    '0 1 _x8 1x10',
    [
      ['69m', false],
      ['71m', true],
    ],
  ],
  [
    'begins anew after a silence longer than that',
    OVER_A_SILENCE,
    600,
    '0 1 _x14 1x10',
    [
      ['71m', true],
      ['165m', false],
      ['221m', true],
    ],
  ],
] as const)('%s', (_, when, heartbeat_s, values, expected) => {
  expect(failures(when, heartbeat_s, values, expected)).toEqual([]);
});

it.each(['"0s"', '"soon"'])('a silence is a span of time: %s', (silence) => {
  const text = ruleFile(`since_change(occupied, ${silence}) > duration("1h")`);
  expect(() => loadRules([{ file: 'same.yaml', text }])).toThrow('the longest silence is written like');
});
