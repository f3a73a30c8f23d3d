import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshotFiles } from './file.ts';

describe('snapshots in files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'steward-snapshots-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251);
  function* pieces(of: Uint8Array, size: number): Generator<Uint8Array> {
    for (let i = 0; i < of.length; i += size) yield of.subarray(i, i + size);
  }

  it('are whole with their position, the newest of each name', async () => {
    await snapshotFiles(dir).save('rules', 1, pieces(bytes, 1000));
    await snapshotFiles(dir).save('other', 5, []);
    // Views into a larger buffer: only what they show may be kept.
    await snapshotFiles(dir).save('rules', 2 ** 40, pieces(bytes.subarray(100, 2_000_100), 700_000));
    const loaded = await snapshotFiles(dir).load('rules');
    expect(loaded?.position).toBe(2 ** 40);
    expect(Buffer.compare(loaded!.state, bytes.subarray(100, 2_000_100))).toBe(0);
    expect((await snapshotFiles(dir).load('other'))?.state.length).toBe(0);
    expect(await snapshotFiles(dir).load('none')).toBeUndefined();
    expect(readdirSync(dir).sort()).toEqual(['other.snapshot', 'rules.snapshot']);
  });

  it('stay what they were when a save ends half-way', async () => {
    await snapshotFiles(dir).save('rules', 1, [bytes]);
    function* broken(): Generator<Uint8Array> {
      yield bytes;
      throw new Error('the engine failed');
    }
    await expect(snapshotFiles(dir).save('rules', 2, broken())).rejects.toThrow('the engine failed');
    expect((await snapshotFiles(dir).load('rules'))?.position).toBe(1);
    expect(readdirSync(dir)).toEqual(['rules.snapshot']);
  });

  it.each([
    ['cut short', (file: Buffer) => file.subarray(0, file.length - 10)],
    ['changed', (file: Buffer) => file.fill(0, 5_000, 5_001)],
    ['something else', () => Buffer.from('hello')],
  ])('are refused when they are %s', async (_, damage) => {
    await snapshotFiles(dir).save('rules', 1, [bytes]);
    const path = join(dir, 'rules.snapshot');
    writeFileSync(path, damage(readFileSync(path)));
    await expect(snapshotFiles(dir).load('rules')).rejects.toMatchObject({ code: 'snapshot_damaged' });
  });
});
