import { describe, expect, it } from 'vitest';
import type { RuleSet } from '../language/rule.ts';
import { rulesForBacktest } from './rule-sets.ts';

const rule = (name: string, when: string, ticket = ''): string =>
  `      - { rule: ${name}, on: luminaire, when: "${when}", ticket: { title: x${ticket} } }\n`;
const group = (on: string, name: string, ticket = ''): string =>
  `      - { rule: ${name}, on: ${on}, ticket: { title: x${ticket} } }\n`;
const file = (...rules: string[]) => ({
  file: 'rules.yaml',
  text: `groups:\n  - name: g\n    rules:\n${rules.join('')}`,
});
const ROLLED = ', rollup: { by: circuit, min: 3, as: CircuitOut }, inhibited_by: [GatewayOffline]';

const inForce = [
  file(
    rule('LampOut', 'power_w < 5.0', ROLLED),
    group('circuit', 'CircuitOut'),
    rule('Dim', 'power_w < 9.0'),
    group('gateway', 'GatewayOffline'),
    rule('Silent', 'absent(\\"1h\\")', ', rollup: { by: gateway, min: 2, as: GatewayOffline }'),
  ),
];
const whens = (set: RuleSet | undefined): Record<string, string | null> =>
  Object.fromEntries([...(set?.infos.values() ?? [])].map(({ name, when }) => [name, when]).sort());

describe('rules to test', () => {
  const tested = [file(rule('LampOut', 'power_w < 2.0', ROLLED))];

  it('stand in the place of their namesakes, with what they need of the rest and nothing else', () => {
    const { rules, against, names } = rulesForBacktest(tested, undefined, inForce);
    const needed = { CircuitOut: null, GatewayOffline: null, Silent: 'absent("1h")' };
    expect(whens(rules)).toEqual({ ...needed, LampOut: 'power_w < 2.0' });
    expect(whens(against)).toEqual({ ...needed, LampOut: 'power_w < 5.0' });
    expect([...names].sort()).toEqual(['CircuitOut', 'LampOut']);
  });

  it('are compared with other files when these are given', () => {
    const other = [file(rule('LampOut', 'power_w < 3.0', ROLLED))];
    const { against } = rulesForBacktest(tested, other, inForce);
    expect(whens(against)['LampOut']).toBe('power_w < 3.0');
  });

  it('are compared with nothing when nothing has their name', () => {
    const { rules, against } = rulesForBacktest([file(rule('Flat', 'power_w < 1.0'))], undefined, inForce);
    expect(whens(rules)).toEqual({ Flat: 'power_w < 1.0' });
    expect(against).toBeUndefined();
  });

  it('have the parameters and overrides of the files in force, also where other rules read them', () => {
    const withParameters = {
      file: 'rules.yaml',
      text: `groups:
  - name: g
    parameters: { dark_w: { default: 5 }, dim_w: { default: 9 } }
    rules:
${rule('Dark', 'power_w < dark_w')}${rule('Dim', 'power_w < dim_w')}
overrides:
  - { asset: L1, set: { dark_w: 2, dim_w: 3 } }
`,
    };
    const own = [file(rule('Dim', 'power_w < 8.0'))];
    const { rules, against } = rulesForBacktest(own, undefined, [withParameters]);
    expect(whens(rules)).toEqual({ Dim: 'power_w < 8.0' });
    expect(whens(against)).toEqual({ Dim: 'power_w < dim_w' });
    expect(against?.overrides).toHaveLength(1);
  });

  it('have their mistakes told with their place', () => {
    expect(() => rulesForBacktest([file(rule('LampOut', 'powr_w < 1.0'))], undefined, inForce)).toThrow(
      /rules\.yaml:4:\d+: LampOut: .*powr_w/,
    );
  });
});
