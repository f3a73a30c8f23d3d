import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODES } from '../model/codes.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

describe('docs/errors.md', () => {
  const listed = rows.map(([, code]) => code!.slice(1, -1));

  it('explains every code of the registry, once, and no other', () => {
    expect([...listed].sort()).toEqual([...CODES].sort());
  });

  it.each(rows.map(([, code, meaning, todo]) => ({ code, meaning, todo })))(
    '$code: says what it means and what to do, in sentences',
    ({ meaning, todo }) => {
      expect(meaning).toMatch(/^\S.{10,}\.$/);
      expect(todo).toMatch(/^\S.{5,}[.`]$/);
    },
  );
});
