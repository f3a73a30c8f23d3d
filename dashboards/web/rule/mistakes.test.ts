import { describe, expect, it } from 'vitest';
import { rulesForBacktest } from '../../../rules/backtest/rule-sets.ts';
import { mistakesIn, offsetOf } from './mistakes.ts';

const TEXT = `groups:
  - name: own
    rules:
      - rule: Own
        on: luminaire
        when: powr_w < 5.0
        ticket: { title: x, inhibited_by: [Nobody] }
`;

function detailOf(text: string): string {
  try {
    rulesForBacktest([{ file: 'C:/own:2/rules.yaml', text }], undefined, []);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('mistakes in a rule text', () => {
  it('are told where they are', () => {
    const mistakes = mistakesIn(detailOf(TEXT));
    expect(mistakes.map(({ line }) => line)).toEqual([6, 7]);
    const [first] = mistakes;
    expect(first?.text).toMatch(/^Own: .*powr_w/);
    expect(TEXT.slice(offsetOf(TEXT, first!))).toMatch(/^powr_w/);
  });

  it('are those of YAML and of the shape too', () => {
    expect(mistakesIn(detailOf('groups: [\n')).length).toBeGreaterThan(0);
    const misspelt = mistakesIn(detailOf(TEXT.replace('ticket:', 'tikcet:')));
    expect(misspelt.some(({ text }) => text.includes('tikcet'))).toBe(true);
  });

  it('are none where the server speaks of something else', () => {
    expect(mistakesIn('rules: there is no rule in this text')).toEqual([]);
  });

  it('never point beyond the text', () => {
    expect(offsetOf('a\nb', { line: 9, column: 9 })).toBe(3);
  });
});
