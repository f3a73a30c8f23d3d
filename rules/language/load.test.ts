import { describe, expect, it } from 'vitest';
import { StewardError } from '../../model/codes.ts';
import { loadRules } from './load.ts';

const file = (rule: string): string => `groups:
- name: g
  rules:
  - rule: LampOut
    on: luminaire
${rule.replace(/^/gm, '    ')}
    ticket: { title: "Lamp {asset.id}" }
`;

function mistakeIn(text: string): string {
  try {
    loadRules([{ file: 'lamps.yaml', text }]);
  } catch (error) {
    if (error instanceof StewardError && error.code === 'rule_invalid') return error.message;
    throw error;
  }
  return 'none';
}

describe('a rule file is checked when it is loaded', () => {
  it.each([
    [
      'a misspelt metric',
      'when: powr_w > 5.0',
      'lamps.yaml:6:11: LampOut: a luminaire has no "powr_w" (did you mean "power_w"?)',
    ],
    [
      'a misspelt metric behind others, and quoted',
      'when: "level_pct > 5.0 && avg(powr_w, \'10m\') > 1.0"',
      'lamps.yaml:6:35: LampOut: a luminaire has no "powr_w"',
    ],
    [
      'an attribute of another kind',
      'when: power_w < dry_run_w',
      'lamps.yaml:6:21: LampOut: a luminaire has no "dry_run_w"',
    ],
    [
      'a misspelt function',
      'when: agv(power_w, "10m") > 1.0',
      'lamps.yaml:6:11: LampOut: there is no function "agv" (did you mean "avg"?)',
    ],
    [
      'a number where truth is asked',
      'when: power_w',
      'lamps.yaml:6:11: LampOut: this must be true or false',
    ],
    ['a truth in a sum', 'when: night() + power_w > 1.0', 'lamps.yaml:6:11: LampOut: no such overload'],
    ['units that do not fit', 'when: power_w > voltage_v', 'W cannot be compared with V'],
    ['a time without unit', 'when: since(power_w) > 3.0', 'a span of time is written duration("3h")'],
    ['a window that is too long', 'when: avg(power_w, "15d") > 1.0', 'windows of at most 14d'],
    ['a duration that is none', 'when: avg(power_w, "ten") > 1.0', 'lamps.yaml:6:24: LampOut: a duration is'],
    ['a window over a sum', 'when: avg(power_w + 1.0, "10m") > 1.0', 'avg needs the name of a metric'],
    [
      'a wall clock that is none',
      'when: local_time("8:00", "24:00")',
      'lamps.yaml:6:22: LampOut: a time of day is',
    ],
    ['broken CEL', 'when: power_w >', 'lamps.yaml:6:'],
    ['CEL that rules leave out', 'when: power_w in [1.0, 2.0]', 'CEL that rules do not use'],
    ['an unknown key', 'when: power_w > 1.0\nfro: 10m', 'unknown key "fro" (did you mean "for"?)'],
    ['a bad duration', 'when: power_w > 1.0\nfor: 10', 'lamps.yaml:7:5: groups[0].rules[0].for'],
    ['unknown evidence', 'when: power_w > 1.0\nevidence: [powr_w]', 'no metric "powr_w"'],
    [
      'a reason with a mistake',
      'when: power_w > 1.0\nwords: "{powr_w} W"',
      'lamps.yaml:7:14: LampOut: a lum',
    ],
    ['nothing to watch', 'severity: minor', 'needs "when": no rule rolls up into it'],
  ])('%s', (_, rule, message) => {
    expect(mistakeIn(file(rule))).toContain(message);
  });

  it('tells all mistakes at once', () => {
    const message = mistakeIn(file('when: powr_w > voltag_v\nclear: nothing()'));
    expect(message.split('\n')).toHaveLength(3);
  });

  it.each([
    ['rollup: { by: circuit, min: 3, as: CircuitOt }', 'there is no rule "CircuitOt" to roll up into'],
    ['inhibited_by: [GatewayOff]', 'there is no rule "GatewayOff"'],
    ['inhibited_by: [LampOut]', 'would silence each other'],
    ['proof: { text: a, healthy: "power_w > 1.0", over: fortnight }', 'over a night, a day, a cycle'],
    ['proof: { text: a, healthy: "power_w > 1.0", over: cycle }', 'has no metric "running"'],
    ['proof: { text: a }', 'a proof needs "healthy" and "over"'],
  ])('%s', (key, message) => {
    const text = file('when: power_w > 1.0').replace('title: "Lamp {asset.id}"', `title: Lamp, ${key}`);
    expect(mistakeIn(text)).toContain(message);
  });

  it('refuses a name used twice, naming both places', () => {
    const text = file('when: power_w > 1.0');
    const load = (): unknown =>
      loadRules([
        { file: 'a.yaml', text },
        { file: 'b.yaml', text },
      ]);
    expect(load).toThrow('b.yaml:4:11: LampOut: is already the name of the rule at a.yaml:4:11');
  });

  it('accepts whole numbers beside decimal ones', () => {
    expect(mistakeIn(file('when: 2 * power_w / 100 > 1 && power_w != 3.0'))).toBe('none');
  });
});
