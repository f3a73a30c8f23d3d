import { describe, expect, it } from 'vitest';
import { formatRuleTestReport } from './report.ts';
import { runRuleTests } from './run.ts';
import { expandIds, matchIds, parseValues } from './series.ts';

describe("promtool's notation", () => {
  it.each([
    ['98', [98]],
    ['98x2 1', [98, 98, 98, 1]],
    ['0+60x3', [0, 60, 120, 180]],
    ['5-1x2', [5, 4, 3]],
    ['1e3 2.5e-1+.5x1', [1000, 0.25, 0.75]],
    ['-1.5 _ _x2 7', [-1.5, undefined, undefined, undefined, 7]],
  ])('%s', (text, values) => {
    expect(parseValues(text)).toEqual(values);
  });

  it('says what it cannot read', () => {
    expect(() => parseValues('1 two 3')).toThrow('"two" is no value');
  });

  it.each([
    ['L[1-3]', ['L1', 'L2', 'L3']],
    ['p[09-11]', ['p09', 'p10', 'p11']],
    ['x', ['x']],
  ])('%s is a range of assets', (pattern, ids) => {
    expect(expandIds(pattern)).toEqual(ids);
  });

  it('finds assets by a star', () => {
    expect(matchIds('L*', ['L1', 'C1', 'L22'])).toEqual(['L1', 'L22']);
    expect(matchIds('*', ['L1', 'C1'])).toEqual(['L1', 'C1']);
  });
});

const file = (expectation: string, more = ''): { file: string; text: string } => ({
  file: 'hot.yaml',
  text: `groups:
- name: g
  rules:
  - rule: Hot
    on: pump
    when: bearing_c > 80
    for: 20m
    ticket: { title: hot }
tests:
- name: too hot
  start: 2026-01-10T18:00:00Z
  assets: [{ id: "p[1-2]", kind: pump }]
  series: [{ of: p1/bearing_c, every: 5m, values: "20 90x9" }]${more}
  expect:
  - ${expectation}
`,
});

describe('a test that stands beside a rule', () => {
  it('passes', () => {
    const report = runRuleTests([file('{ at: 26m, firing: [Hot/p1] }', '\n  variants: [restart at 7m]')]);
    expect(report).toMatchObject({ rules: 1, tests: 1, runs: 2, readings: 22, failures: [] });
    expect(formatRuleTestReport(report)).toBe('1 rules, 1 tests in 2 runs: all passed\n');
  });

  it('runs with a gap, in which what was measured never arrives', () => {
    // Hot from 5 m on; without the samples from 10 to 24 m its value is stale after two gaps of five minutes.
    const stale = file('{ at: 26m, firing: [Hot/p1] }', '\n  variants: [gap 6m to 26m]');
    const { failures, runs, readings } = runRuleTests([
      { ...stale, text: stale.text.replace('bearing_c > 80', 'bearing_c > 80\n    stale: 7m') },
    ]);
    expect({ runs, readings }).toEqual({ runs: 2, readings: 22 });
    expect(failures).toMatchObject([{ variant: 'gap 6m to 26m' }]);
  });

  it.each(['gap 30m', 'gap 40m to 30m', 'gap 1 to 2', 'shuffle', 'duplicate lots'])(
    'refuses the variant %s',
    (variant) => {
      const report = runRuleTests([file('{ at: 26m, firing: [Hot/p1] }', `\n  variants: [${variant}]`)]);
      expect(report.failures[0]?.message).toContain(`"${variant}" is no variant: write shuffle 10m`);
    },
  );

  it.each([
    ['{ at: 24m, firing: [Hot/p1] }', 'hot.yaml:15:5', 'expected Hot/p1; found none'],
    ['{ at: 26m, firing: [] }', 'hot.yaml:15:5', 'expected none; found Hot/p1'],
    ['{ at: 26m, tickets: [] }', 'hot.yaml:15:5', 'expected none; found Hot/p1 (minor, firing)'],
    [
      '{ at: 26m, tickets: [{ rule: Hot, of: p1, severity: major }] }',
      'hot.yaml:15:5',
      'expected Hot/p1 (major); found Hot/p1 (minor, firing)',
    ],
  ])('fails at its place, with what was expected and found: %s', (expectation, place, message) => {
    const { failures } = runRuleTests([file(expectation)]);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ place, test: 'too hot', variant: 'as measured' });
    expect(failures[0]!.message).toContain(message);
  });

  it.each([
    ['p1/bearing_c', 'p1/baering_c', 'a pump has no metric "baering_c" (did you mean "bearing_c"?)'],
    ['p1/bearing_c', 'p9/bearing_c', '"p9/bearing_c" names none of the assets'],
    ['20 90x9', '20 hot', '"hot" is no value'],
    ['kind: pump', 'kind: pump, rated: 3', 'Unrecognized key: "rated"'],
    ['2026-01-10T18', 'yesterday', 'must be a time'],
  ])('with a mistake in it does not run: %s', (from, to, message) => {
    const { text, ...rest } = file('{ at: 26m, firing: [] }');
    const report = runRuleTests([{ ...rest, text: text.replace(from, to) }]);
    expect(report.runs).toBe(0);
    expect(formatRuleTestReport(report)).toContain(message);
  });
});
