import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Directory, directoryOf } from '../model/directory.ts';
import type { RawMessage, Reading } from '../model/reading.ts';
import type { Quarantine } from '../store/quarantine/contract.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import { createIngest } from './ingest.ts';
import { replayQuarantined } from './quarantine-replay.ts';
import { smallDirectory } from './site.testkit.ts';

const RECEIVED = 1_767_225_600_500;
const NOBODY: Directory = directoryOf([]);

function message(id: string, payload: string, topic = 'site/north/pump/p-1/telemetry'): RawMessage {
  return { id, topic, payload: Buffer.from(payload), client: 'dev-1', received: RECEIVED };
}

describe('a replay out of quarantine', () => {
  let dir: string;
  let quarantine: Quarantine;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'steward-replay-'));
    quarantine = await openQuarantine({ dir });
  });
  afterEach(async () => {
    await quarantine.close();
    rmSync(dir, { recursive: true });
  });

  /** Ingest as it is with that site file; `readings` is what reached the journal. */
  function house(directory: Directory) {
    const readings: Reading[] = [];
    const append = async (entries: readonly object[]): Promise<number> => {
      for (const entry of entries) if ('reading' in entry) readings.push(entry.reading as Reading);
      return readings.length;
    };
    const ingest = createIngest({ directory, journal: { append }, quarantine });
    const replay = (ids: readonly number[], mayPublish = () => true) =>
      replayQuarantined(ids, { quarantine, ingest, mayPublish });
    return { ingest, readings, replay };
  }

  it('takes a message whose asset is known by now, as of the time when it came', async () => {
    await house(NOBODY).ingest.accept(message('m-1', '{"power_w": 7}'));
    expect(quarantine.ids('asset_unknown')).toEqual([1]);
    const mended = house(smallDirectory());
    expect(await mended.replay([1])).toEqual([{ id: 1, outcome: 'accepted', code: null, detail: '' }]);
    expect(mended.readings).toMatchObject([
      { asset: 'p-1', ts: RECEIVED, received: RECEIVED, message: 'm-1', values: { power_w: 7 } },
    ]);
    expect(quarantine.ids()).toEqual([]);
    expect(await mended.replay([1])).toMatchObject([{ outcome: 'gone', code: 'not_found' }]);
  });

  it('takes a large one whole, and keeps what is still wrong with its new reason', async () => {
    const batch = Array.from({ length: 6_000 }, (_, i) => ({ ts: RECEIVED - i, power_w: i }));
    const payload = JSON.stringify([...batch, { power_w: 'much' }]);
    expect(payload.length).toBeGreaterThan(150_000);
    await house(NOBODY).ingest.accept(message('m-1', payload));
    const mended = house(smallDirectory());
    expect(await mended.replay([1])).toMatchObject([{ outcome: 'rejected', code: 'value_wrong_type' }]);
    expect(mended.readings).toHaveLength(6_000);
    expect(quarantine.list({ limit: 9 })).toMatchObject([
      {
        id: 1,
        code: 'value_wrong_type',
        message: 'm-1',
        payload: Uint8Array.from(Buffer.from('{"power_w":"much"}')),
      },
    ]);
  });

  it('says what was cut, and what is no message', async () => {
    const kept = { message: '', client: 'series', received: RECEIVED, detail: '', topic: '' } as const;
    await quarantine.keep([
      { ...kept, code: 'payload_too_large', payload: new Uint8Array(10), size: 900_000 },
      { ...kept, code: 'series_rejected', payload: Buffer.from('{"measurement":"fault"}'), size: 23 },
    ]);
    const { replay, readings } = house(smallDirectory());
    expect(await replay([1, 2])).toMatchObject([
      { outcome: 'impossible', code: 'replay_impossible', detail: '10 of 900000 bytes were kept' },
      { outcome: 'impossible', code: 'replay_impossible' },
    ]);
    expect(quarantine.ids()).toEqual([1, 2]);
    expect(readings).toEqual([]);
  });

  it('gives the engine a point that it refused once more', async () => {
    const topic = 'site/north/pump/p-1/telemetry';
    const point = { measurement: 'pump', tags: {}, ts: RECEIVED, fields: { power_w: 5, running: 1 } };
    const payload = Buffer.from(JSON.stringify(point));
    await quarantine.keep([
      {
        ...{
          message: 'm-1',
          topic,
          client: 'series',
          received: RECEIVED,
          code: 'series_rejected',
          detail: '',
        },
        ...{ payload, size: payload.length },
      },
    ]);
    const { replay, readings } = house(smallDirectory());
    expect(await replay([1], () => false)).toMatchObject([{ outcome: 'accepted' }]);
    expect(readings).toMatchObject([{ ts: RECEIVED, values: { power_w: 5, running: 1 } }]);
  });

  it('asks for the right to publish again', async () => {
    const { ingest, replay, readings } = house(smallDirectory());
    await ingest.refuse(message('m-1', '{"power_w": 7}'), 'topic_forbidden', 'not bound');
    expect(await replay([1], () => false)).toMatchObject([{ outcome: 'rejected', code: 'topic_forbidden' }]);
    expect(readings).toEqual([]);
    expect(await replay([1])).toMatchObject([{ outcome: 'accepted' }]);
    expect(readings).toHaveLength(1);
  });
});
