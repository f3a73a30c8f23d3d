import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { KINDS } from '../../model/kinds.ts';
import { checkExpression } from './cel.ts';
import { FUNCTION_NOTES } from './functions.ts';
import { referencePage, rulesJsonSchema } from './reference.ts';

const docs = resolve(import.meta.dirname, '../../docs');

/** What a formatter may change: widths of tables. */
const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

it('docs/rules-reference.md is what the code says (UPDATE=1 writes it)', () => {
  const file = `${docs}/rules-reference.md`;
  if (process.env['UPDATE']) writeFileSync(file, referencePage());
  expect(plain(readFileSync(file, 'utf8'))).toBe(plain(referencePage()));
});

it('docs/rules.schema.json is that of a rule file (UPDATE=1 writes it)', () => {
  const file = `${docs}/rules.schema.json`;
  if (process.env['UPDATE']) writeFileSync(file, rulesJsonSchema());
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(rulesJsonSchema()));
});

it.each(FUNCTION_NOTES)('shows $name as it can be called', ({ name, usage }) => {
  expect(usage.startsWith(`${name}(`)).toBe(true);
  expect(KINDS.some((kind) => 'ast' in checkExpression(usage, kind, []))).toBe(true);
});
