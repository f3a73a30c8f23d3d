import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';

describe('the data folder', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'steward-data-'));
  afterAll(() => rmSync(temporary, { recursive: true }));

  it('keeps its secret, readable by its owner only', () => {
    const path = join(temporary, 'a', 'b');
    const first = openDataFolder(path);
    first.close();
    const second = openDataFolder(path);
    second.close();
    expect(second.secret).toEqual(first.secret);
    expect(first.secret).toHaveLength(32);
    expect(statSync(join(path, 'secret')).mode & 0o077).toBe(0);
  });

  it('is held by one at a time', () => {
    const path = join(temporary, 'held');
    const first = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow('another Steward works in this folder');
    first.close();
    openDataFolder(path).close();
  });

  it('that cannot be made says why and what to do', () => {
    writeFileSync(join(temporary, 'file'), '');
    expect(() => openDataFolder(join(temporary, 'file'))).toThrow(/ENOTDIR.*choose another with --data/);
    expect(() => openDataFolder('/proc/steward')).toThrow('choose another with --data');
  });
});
