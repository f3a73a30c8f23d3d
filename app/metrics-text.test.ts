import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsText } from './metrics-text.ts';

/** Reads a label's value as the format says: a backslash before a backslash, a quote or an `n`, nothing else. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_all, sign: string) => {
    if (sign === 'n') return '\n';
    if (sign === '"' || sign === '\\') return sign;
    throw new Error(`no such escape: \\${sign}`);
  });
}

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\\', '"', '\n', 'n', '\t', '}', ',', '\u0001'),
    fc.string({ maxLength: 1 }),
  ),
});

describe('the text of /metrics', () => {
  it('has one line for a value, and gives every label back as it was', () => {
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const values = [{ labels: { a, b }, value: 1 }];
        const lines = metricsText([{ name: 'x', type: 'gauge', help: a, values }]).split('\n');
        expect(lines).toHaveLength(4);
        const parts = /^x\{a="((?:[^"\\]|\\.)*)",b="((?:[^"\\]|\\.)*)"\} 1$/su.exec(lines[2]!);
        expect(parts?.slice(1).map(unescaped)).toEqual([a, b]);
        expect(unescaped(lines[0]!.slice('# HELP x '.length))).toBe(a);
      }),
    );
  });

  it.each([
    [0.000_001, '0.000001'],
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d as %s', (value, text) => {
    expect(metricsText([{ name: 'x', type: 'gauge', help: '', values: [{ value }] }])).toContain(
      `\nx ${text}\n`,
    );
  });
});
