import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { StewardError } from '../../model/codes.ts';
import { addCheckCommand } from './rules-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

function fileOf(name: string, when: string, ticket = ''): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `groups:\n  - name: own\n    rules:\n      - rule: Own\n        on: pump\n        when: ${when}\n        ticket: { title: "{asset.name}"${ticket} }\n`,
  );
  return path;
}

function check(...args: string[]): string {
  let said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const rules = new Command();
  addCheckCommand(rules);
  rules.parse(['check', ...args], { from: 'user' });
  return said;
}

describe('rules check', () => {
  it('passes the library', () => {
    expect(check()).toMatch(/^\d\d rules in \d files: no mistakes\n$/);
  });

  it('passes a file of your own', () => {
    expect(check(fileOf('good.yaml', 'bearing_c > bearing_warn_c'))).toBe(
      '1 rules in 1 files: no mistakes\n',
    );
  });

  it('names file, line and column of a mistake, and what was probably meant', () => {
    const path = fileOf('typo.yaml', 'bearing_c > bearing_wrn_c');
    expect(() => check(path)).toThrow(StewardError);
    expect(() => check(path)).toThrow(`${path}:6:27: Own: `);
    expect(() => check(path)).toThrow('bearing_warn_c');
  });

  it('lets a file name rules of the library where it is told to', () => {
    const path = fileOf('leans.yaml', 'bearing_c > bearing_warn_c', ', inhibited_by: [DeviceSilent]');
    expect(() => check(path)).toThrow('DeviceSilent');
    expect(check('--with-library', path)).toMatch(/: no mistakes\n$/);
  });
});
