import { describe, expect, it } from 'vitest';
import { StewardError } from '../../model/codes.ts';
import { writeBody } from './emit.ts';
import { loadRules } from './load.ts';
import type { CompiledRule } from './rule.ts';

const file = (rule: string): string => `groups:
- name: g
  rules:
  - rule: Hot
    on: pump
${rule.replace(/^/gm, '    ')}
    ticket: { title: t }
`;

const compiled = (rule: string): CompiledRule =>
  loadRules([{ file: 'pumps.yaml', text: file(rule) }]).lanes[0]!.rules[0]!;

function mistakesIn(rule: string): readonly string[] {
  try {
    loadRules([{ file: 'pumps.yaml', text: file(rule) }]);
  } catch (error) {
    if (error instanceof StewardError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const WITH_LETS = `let:
  warm: avg(bearing_c, "10m")
  excess: warm - bearing_warn_c
when: excess * 2.0 > 10.0 && running || -excess > 200.0
clear: excess < -5.0
words: "the bearing's excess: {excess}, the bearing's at {warm} °C"`;
const WRITTEN_OUT = `when: (avg(bearing_c, "10m") - bearing_warn_c) * 2.0 > 10.0 && running || -(avg(bearing_c, "10m") - bearing_warn_c) > 200.0
clear: avg(bearing_c, "10m") - bearing_warn_c < -5.0
words: "by {avg(bearing_c, '10m') - bearing_warn_c}, at {avg(bearing_c, '10m')} °C"`;

describe('names for parts of expressions', () => {
  it('do what the parts do', () => {
    const [named, out] = [compiled(WITH_LETS), compiled(WRITTEN_OUT)];
    for (const key of ['when', 'clear'] as const) {
      expect(writeBody(named[key].code)).toEqual(writeBody(out[key].code));
    }
    expect(named.metrics).toEqual(out.metrics);
    expect(named.words?.parts.filter((part) => typeof part === 'string')).toEqual([
      "the bearing's excess: ",
      ", the bearing's at ",
      ' °C',
    ]);
  });

  it('stay what people read, and are told with what they stand for', () => {
    const { parts, probes, info } = compiled(WITH_LETS);
    expect(parts.when.map(({ text }) => text)).toEqual([
      'excess * 2.0 > 10.0 && running || -excess > 200.0',
      'excess * 2.0 > 10.0 && running',
      'excess * 2.0 > 10.0',
      'running',
      '-excess > 200.0',
    ]);
    expect(probes.map(({ label }) => label)).toEqual(['warm', 'excess', 'bearing_warn_c', 'running']);
    expect(info.where).toEqual(['warm = avg(bearing_c, "10m")', 'excess = warm - bearing_warn_c']);
  });

  it('are seen through where they are true or false themselves', () => {
    const { parts } = compiled(
      'let: { ill: bearing_c > bearing_warn_c && running }\nwhen: ill || power_w < 5.0',
    );
    expect(parts.when.map(({ text, type }) => [text, type])).toEqual([
      ['ill || power_w < 5.0', 'join'],
      ['ill', 'join'],
      ['bearing_c > bearing_warn_c', 'leaf'],
      ['running', 'leaf'],
      ['power_w < 5.0', 'leaf'],
    ]);
  });

  it.each([
    [
      'a mistake in one is told once, where it stands',
      'let:\n  warm: avg(baring_c, "10m")\nwhen: warm > 80.0\nclear: warm < 70.0',
      ['pumps.yaml:7:17: Hot: a pump has no "baring_c" (did you mean "bearing_c"?)'],
    ],
    [
      'a mistake that its use makes is told where it is used',
      'let: { warm: bearing_c + 1.0 }\nwhen: running && warm',
      ['pumps.yaml:7:11: Hot: Logical operator requires bool'],
    ],
    [
      'it sees only those before it',
      'let: { a: b + 1.0, b: power_w }\nwhen: a > b',
      ['pumps.yaml:6:15: Hot: a pump has no "b"'],
    ],
    [
      'it hides nothing',
      'parameters: { hot_c: 80 }\nlet: { hot_c: "70.0", bearing_warn_c: "70.0", running: "true", avg: power_w }\nwhen: bearing_c > hot_c',
      ['hot_c', 'bearing_warn_c', 'running', 'avg'].map((name) => `Hot: "${name}" means something already`),
    ],
    [
      'it is used',
      'let: { cold: bearing_c < 5.0 }\nwhen: bearing_c > bearing_warn_c',
      ['Hot: nothing reads "cold"'],
    ],
    ['a text is no name', 'let: { m: power_w }\nwhen: m > 5.0 && absent("m")', ['a duration']],
  ])('%s', (_, rule, messages) => {
    const told = mistakesIn(rule);
    expect(told).toHaveLength(messages.length);
    for (const [i, message] of messages.entries()) expect(told[i]).toContain(message);
  });
});
