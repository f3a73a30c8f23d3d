import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, constant, scale, solve, term } from './linear.ts';
import { loadRules } from './load.ts';

/** The mistakes of a rule on pumps with these keys; `when` begins in line 6, column 11. */
function mistakes(keys: string): string {
  const text = `groups:
- name: g
  rules:
  - rule: Own
    on: pump
${keys.replace(/^/gm, '    ')}
    ticket: { title: t }
`;
  try {
    loadRules([{ file: 'own.yaml', text }]);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a rule that makes no sense is refused', () => {
  it.each([
    // Can never fire.
    ['when: 1.0 > 2.0', '6:11: Own: 1.0 > 2.0 is never true'],
    [`when: "running && false"`, '6:12: Own: the rule can never fire'],
    ['when: battery_pct > 120.0', '6:11: Own: battery_pct > 120.0 is never true: battery_pct is 0 to 100 %'],
    ['when: running && battery_pct > 100.0', '6:22: Own: battery_pct > 100.0 is never true'],
    ['when: avg(battery_pct, "1h") < 0.0', 'is never true: avg(battery_pct, "1h") is 0 to 100'],
    ['when: count(power_w, "1h") < 0.0', 'is never true: count(power_w, "1h") is at least 0'],
    ['when: expected_level > 100.0', 'is never true: expected_level is 0 to 100'],
    ['when: since(power_w) < duration("0s")', 'is never true: since(power_w) is at least 0'],
    [
      'when: power_w > 10.0 && power_w < 5.0',
      '6:29: Own: the rule can never fire: power_w < 5.0 contradicts power_w > 10.0',
    ],
    ['when: power_w > rated_w && power_w < 0.5 * rated_w && rated_w > 0.0', 'the rule can never fire'],
    ['when: power_w > 10.0 && 2 * power_w < 20.0', '2 * power_w < 20.0 contradicts power_w > 10.0'],
    ['when: running && power_w > 5.0 && !running', '!running contradicts running', 'running contradicts'],
    ['when: night() && day()', 'day() contradicts night()'],
    ['when: duty == "fire" && duty == "booster"', 'contradicts duty == "fire"'],
    ['when: min(power_w, "1h") > 10.0 && max(power_w, "1h") < 9.0', 'contradicts min(power_w, "1h") > 10.0'],
    [
      'when: since_change(running) > duration("2h") && since_change(running) < duration("90m")',
      'contradicts',
    ],
    [
      'when: run_longest_h > 3.0 && since_change(running) > run_longest_h && since_change(running) < duration("2h")',
      'the rule can never fire',
    ],
    ['when: (power_w > 10.0 || power_w > 20.0) && power_w < 5.0', 'the rule can never fire'],
    ['when: "running ? power_w > 9.0 && power_w < 8.0 : false"', 'the rule can never fire'],
    [
      'when: running\nurgent: { when: battery_pct < 0.0, severity: critical }',
      'battery_pct < 0.0 is never true',
    ],
    // Contradicts its clear.
    ['when: power_w > 10.0\nclear: power_w < 5.0 && power_w > 6.0', '7:29: Own: the fault can never clear'],
    [
      'when: power_w > 10.0\nclear: power_w < 20.0',
      '7:12: Own: "when" and "clear" are both true where power_w = 15',
    ],
    ['when: power_w > dry_run_w\nclear: power_w < 1.1 * dry_run_w', 'are both true where power_w = 1680'],
    ['when: running && power_w > 10.0\nclear: power_w < 11.0', 'are both true where running, power_w = 10.5'],
    ['when: running\nclear: running', 'are both true where running'],
    [
      'parameters: { hot_c: 80 }\nwhen: bearing_c > hot_c\nclear: bearing_c < hot_c + 5.0',
      'are both true where bearing_c = 82.5',
    ],
    // Divides by zero.
    ['when: power_w / 0.0 > 1.0', '6:21: Own: power_w / 0.0 divides by zero'],
    ['when: power_w / (rated_w - rated_w) > 1.0', 'divides by zero'],
    ['when: running\nclear: power_w / (2 - 2.0) > 1.0', '7:'],
  ])('%s', (keys, ...messages) => {
    const told = mistakes(keys);
    expect(messages.some((message) => told.includes(message)) ? '' : told).toBe('');
  });

  it.each([
    'when: heartbeat_s > 0.0 && absent(2.5 * heartbeat_s)',
    'when: battery_pct < 15.0\nclear: battery_pct > 20.0',
    'when: battery_pct <= 100.0 && battery_pct >= 100.0',
    'when: power_w > 10.0\nclear: voltage_v < 5.0',
    'when: power_w > rated_w && power_w < 2 * rated_w',
    'when: power_w > rated_w * 2 && false == running',
    'when: avg(power_w, "1h") > 10.0 && avg(power_w, "10m") < 9.0',
    'when: power_w / rated_w > 1.0 && power_w / rated_w < 1.1',
    'when: running && power_w > 10.0\nclear: "!running || power_w < 9.0"',
    'when: night(30) && power_w > 5.0\nclear: day()',
    'when: power_w * current_a < -5.0',
  ])('but not one that does: %s', (keys) => {
    expect(mistakes(keys)).toBe('none');
  });

  it.each([
    ['A', 'rollup: { by: circuit, min: 3, as: A }', 'A: rolls up in a circle: A → A'],
    ['B', 'inhibited_by: [C]', 'B: rules would silence each other: B → C → A → B'],
  ])('also when only all rules together show it: %s', (name, ticket, message) => {
    const rule = (of: string, more: string): string =>
      `  - { rule: ${of}, on: circuit, when: power_w > 5.0, ticket: { title: t, ${more} } }\n`;
    const others = { A: '', B: rule('A', 'inhibited_by: [B]') + rule('C', 'inhibited_by: [A]') }[name]!;
    const text = `groups:\n- name: g\n  rules:\n${others}${rule(name, ticket)}`;
    expect(() => loadRules([{ file: 'own.yaml', text }])).toThrow(message);
  });
});

describe('constraints', () => {
  const small = fc.integer({ min: -5, max: 5 });
  const sums = fc.array(fc.tuple(small, small, small, fc.boolean()), { minLength: 1, maxLength: 6 });
  it('have a solution that fulfils them, or none on a fine grid', () => {
    fc.assert(
      fc.property(sums, (rows) => {
        const value = ([a, b, c]: readonly [number, number, number, boolean], x: number, y: number): number =>
          a * x + b * y + c;
        const found = solve(
          rows.map(([a, b, c, strict]) => ({
            linear: add(add(scale(term('x'), a), scale(term('y'), b)), constant(c)),
            strict,
          })),
        );
        const fits = (x: number, y: number): boolean =>
          rows.every((row) => (row[3] ? value(row, x, y) < 1e-6 : value(row, x, y) <= 1e-6));
        if (found) expect(fits(found.get('x') ?? 0, found.get('y') ?? 0)).toBe(true);
        else {
          for (let x = -12; x <= 12; x += 0.5) {
            for (let y = -12; y <= 12; y += 0.5) {
              expect(rows.every((row) => (row[3] ? value(row, x, y) < 0 : value(row, x, y) <= 0))).toBe(
                false,
              );
            }
          }
        }
      }),
    );
  });
});
