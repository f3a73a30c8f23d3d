import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RejectCode } from '../../model/codes.ts';
import type { Rejection } from '../../model/rejection.ts';
import type { Quarantine } from './contract.ts';
import { openQuarantine } from './sqlite.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-quarantine-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function rejection(n: number, code: RejectCode = 'payload_not_json'): Rejection {
  return {
    message: `m-${n}`,
    topic: 'site/north/pump/p1/telemetry',
    client: 'dev-1',
    received: 1_700_000_000_000 + n,
    code,
    detail: `number ${n}`,
    payload: Uint8Array.of(0, 255, n % 256),
    size: 3,
  };
}

const many = (from: number, to: number): Rejection[] =>
  Array.from({ length: to - from + 1 }, (_, i) => rejection(from + i));

describe('the quarantine', () => {
  let dir: string;
  let quarantine: Quarantine;
  beforeEach(async () => {
    dir = mkdtempSync(join(base, 'q-'));
    quarantine = await openQuarantine({ dir, limit: 10 });
  });
  afterEach(() => quarantine.close());

  const ids = (query: Parameters<Quarantine['list']>[0]): number[] =>
    quarantine.list(query).map((item) => item.id);

  it('gives back what was kept, newest first, byte for byte, also after a restart', async () => {
    await quarantine.keep([rejection(1), rejection(2, 'asset_unknown')]);
    const expected = [
      { id: 2, ...rejection(2, 'asset_unknown'), whole: true },
      { id: 1, ...rejection(1), whole: true },
    ];
    expect(quarantine.list({ limit: 10 })).toEqual(expected);
    await quarantine.close();
    quarantine = await openQuarantine({ dir, limit: 10 });
    expect(quarantine.list({ limit: 10 })).toEqual(expected);
    const byCode = { payload_not_json: 1, asset_unknown: 1 };
    expect(quarantine.counts()).toEqual({
      kept: 2,
      bytes: 6,
      total: 2,
      dropped: 0,
      byCode,
      keptByCode: byCode,
    });
  });

  it('does not change what it gave out when more is read', async () => {
    await quarantine.keep(many(1, 9));
    const items = quarantine.list({ limit: 9 });
    quarantine.list({ limit: 1, before: 3 });
    expect(items.map((item) => item.payload[2])).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('pages and picks a code', async () => {
    await quarantine.keep([
      ...many(1, 3),
      rejection(4, 'time_invalid'),
      rejection(5),
      rejection(6, 'time_invalid'),
    ]);
    expect(ids({ limit: 2 })).toEqual([6, 5]);
    expect(ids({ limit: 2, before: 5 })).toEqual([4, 3]);
    expect(ids({ limit: 9, code: 'time_invalid' })).toEqual([6, 4]);
    expect(ids({ limit: 9, code: 'time_invalid', before: 6 })).toEqual([4]);
    expect(ids({ limit: 9, code: 'topic_unknown' })).toEqual([]);
    expect(ids({ limit: 9, before: 1 })).toEqual([]);
  });

  it('lets the oldest go beyond its limit and still counts them', async () => {
    await Promise.all(Array.from({ length: 25 }, (_, i) => quarantine.keep([rejection(i + 1)])));
    expect(ids({ limit: 100 })).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(quarantine.counts()).toMatchObject({
      kept: 10,
      total: 25,
      dropped: 15,
      byCode: { payload_not_json: 25 },
      keptByCode: { payload_not_json: 10 },
    });
    await quarantine.keep(many(26, 60));
    expect(ids({ limit: 3 })).toEqual([60, 59, 58]);
    expect(quarantine.counts().kept).toBe(10);
  });

  it('keeps no more bytes than its limit', async () => {
    await quarantine.close();
    quarantine = await openQuarantine({ dir, limit: 10, limitBytes: 100 });
    const large = { ...rejection(1), payload: new Uint8Array(40), size: 40 };
    for (let i = 0; i < 4; i++) await quarantine.keep([large]);
    expect(ids({ limit: 9 })).toEqual([4, 3]);
    expect(quarantine.counts()).toMatchObject({ kept: 2, bytes: 80, total: 4 });
  });

  it('gives out one, whole or as much of it as is asked for, and says what was cut', async () => {
    await quarantine.keep([rejection(1), { ...rejection(2), size: 300_000 }]);
    expect(quarantine.get(1)).toEqual({ id: 1, ...rejection(1), whole: true });
    expect(quarantine.get(2)?.whole).toBe(false);
    expect(quarantine.get(3)).toBeUndefined();
    expect(quarantine.list({ limit: 1, payloadBytes: 2 })[0]?.payload).toEqual(Uint8Array.of(0, 255));
    expect(quarantine.list({ limit: 2, payloadBytes: 2 })[1]?.whole).toBe(true);
  });

  it('takes what a replay left: nothing, another reason in the same place, or more', async () => {
    await quarantine.keep([rejection(1), rejection(2), rejection(3)]);
    await quarantine.settle(1, []);
    await quarantine.settle(2, [rejection(2, 'time_invalid'), rejection(4, 'value_out_of_range')]);
    await quarantine.settle(1, [rejection(1)]);
    expect(quarantine.list({ limit: 9 }).map(({ id, code }) => [id, code])).toEqual([
      [4, 'value_out_of_range'],
      [3, 'payload_not_json'],
      [2, 'time_invalid'],
    ]);
    expect(quarantine.ids()).toEqual([2, 3, 4]);
    expect(quarantine.ids('time_invalid')).toEqual([2]);
    expect(quarantine.counts()).toEqual({
      kept: 3,
      bytes: 9,
      total: 4,
      dropped: 0,
      byCode: { payload_not_json: 3, value_out_of_range: 1 },
      keptByCode: { payload_not_json: 1, time_invalid: 1, value_out_of_range: 1 },
    });
  });

  it('forgets what is too old', async () => {
    await quarantine.keep(many(1, 5));
    expect(await quarantine.expire(rejection(4).received)).toBe(3);
    expect(quarantine.ids()).toEqual([4, 5]);
    expect(await quarantine.expire(rejection(4).received)).toBe(0);
    expect(await quarantine.expire(rejection(9).received)).toBe(2);
    expect(quarantine.counts()).toMatchObject({ kept: 0, dropped: 5 });
  });

  it('forgets any number of what is too old', async () => {
    await quarantine.close();
    quarantine = await openQuarantine({ dir, limit: 10_000 });
    await quarantine.keep(many(1, 2_500));
    expect(await quarantine.expire(rejection(2_400).received)).toBe(2_399);
    expect(quarantine.ids()).toHaveLength(101);
  });

  it('settles what was begun when it closes', async () => {
    const begun = Array.from({ length: 20 }, (_, i) => quarantine.keep([rejection(i)]));
    await quarantine.close();
    await Promise.all(begun);
    await expect(quarantine.keep([rejection(1)])).rejects.toThrow('closed');
  });

  it('has everything that was kept after its process was stopped, and what a sync did not reach is no harm', async () => {
    for (let n = 1; n <= 10; n++) await quarantine.keep([rejection(n)]);
    // What kill -9 leaves is the file and its write-ahead log, with nobody having closed them.
    const left = mkdtempSync(join(base, 'left-'));
    for (const name of ['quarantine.sqlite', 'quarantine.sqlite-wal'])
      copyFileSync(join(dir, name), join(left, name));
    const wal = join(left, 'quarantine.sqlite-wal');
    truncateSync(wal, statSync(wal).size - 100);
    const survivor = await openQuarantine({ dir: left });
    expect(survivor.ids()).toEqual(Array.from({ length: 9 }, (_, i) => i + 1));
    expect(survivor.counts()).toMatchObject({ kept: 9, bytes: 27, total: 9 });
    await survivor.keep([rejection(10)]);
    expect(survivor.ids().at(-1)).toBe(10);
    await survivor.close();
  });

  it('says that a file is damaged, or of an earlier version, and what to do', async () => {
    const damaged = mkdtempSync(join(base, 'damaged-'));
    writeFileSync(join(damaged, 'quarantine.sqlite'), 'This is a diary, not a database. '.repeat(200));
    await expect(openQuarantine({ dir: damaged })).rejects.toMatchObject({
      code: 'data_corrupt',
      message: expect.stringContaining(`mv ${damaged}`),
    });
    const outdated = mkdtempSync(join(base, 'outdated-'));
    writeFileSync(join(outdated, 'data.mdb'), '');
    await expect(openQuarantine({ dir: outdated })).rejects.toMatchObject({ code: 'data_outdated' });
  });

  it('says which folder it cannot use', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    await expect(openQuarantine({ dir: join(file, 'q') })).rejects.toMatchObject({ code: 'data_unwritable' });
  });
});
