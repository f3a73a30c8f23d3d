import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './lmdb.ts';
import { checkWhole } from './lmdb-whole.ts';

describe('the file of a journal', () => {
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'steward-whole-'));
    await (await openJournal({ dir })).close();
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is whole as it was closed, when it is empty, and when there is none', () => {
    expect(() => checkWhole(dir)).not.toThrow();
    writeFileSync(join(dir, 'data.mdb'), '');
    expect(() => checkWhole(dir)).not.toThrow();
    rmSync(join(dir, 'data.mdb'));
    expect(() => checkWhole(dir)).not.toThrow();
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['of zeroes', (whole) => Buffer.alloc(whole.length)],
    ['of text', () => Buffer.from('not a database, whatever its name says')],
    ['of a few bytes', (whole) => whole.subarray(0, 10)],
  ])('%s is named as damaged, with what to do', async (_, damage) => {
    const file = join(dir, 'data.mdb');
    writeFileSync(file, damage(readFileSync(file)));
    await expect(openJournal({ dir })).rejects.toMatchObject({
      code: 'data_corrupt',
      message: expect.stringMatching(/does not begin as it should.*move it away/),
    });
  });
});
