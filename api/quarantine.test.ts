import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RejectCode } from '../model/codes.ts';
import type { QuarantineView, ReplayView } from '../model/views/watch.ts';
import { type ApiRig, basic, startApi } from './api.testkit.ts';
import { NOW } from './site.testkit.ts';

const LAMP = 'site/mill-lane/luminaire/l1/telemetry';

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApi();
  const keep = (topic: string, code: RejectCode, payload: string, size = payload.length) =>
    rig.quarantine.keep([
      {
        ...{ message: 'm-1', topic, client: 'd1', received: NOW, code, detail: 'once' },
        ...{ payload: Buffer.from(payload), size },
      },
    ]);
  await keep(LAMP, 'asset_unknown', '{"power_w": 5}');
  await keep(LAMP, 'asset_unknown', `[${'{"power_w": 5},'.repeat(999)}{"power_w": "much"}]`);
  await keep('site/mill-lane/luminaire/nowhere/telemetry', 'topic_forbidden', '{"power_w": 5}');
  await keep(LAMP, 'payload_too_large', '[[[', 900_000);
});
afterAll(() => rig.end());

const replay = (payload: object, role: 'manager' | 'staff' | 'viewer' = 'staff') =>
  rig.app.inject({ method: 'POST', url: '/api/v1/quarantine/replay', headers: basic(role), payload });

const one = async (id: number) =>
  (
    await rig.app.inject({ url: `/api/v1/quarantine/${id}`, headers: basic('viewer') })
  ).json<QuarantineView>();

describe('quarantine', () => {
  it('lists the beginning of a large payload and shows the whole', async () => {
    const list = await rig.app.inject({ url: '/api/v1/quarantine', headers: basic('viewer') });
    const listed = list.json<{ items: readonly QuarantineView[] }>().items.find(({ id }) => id === 2)!;
    expect(listed.payload).toHaveLength(4_096);
    expect((await one(2)).payload).toHaveLength(listed.size);
  });

  it.each([
    [{ ids: [1] }, 'viewer', 403, 'forbidden'],
    [{}, 'staff', 400, 'either ids or code'],
    [{ ids: [1], code: 'asset_unknown' }, 'staff', 400, 'either ids or code'],
    [{ ids: [] }, 'staff', 400, 'body.ids'],
    [{ code: 'journal_full' }, 'staff', 400, 'is none of'],
  ] as const)('a replay of %j by a %s is refused', async (payload, role, status, text) => {
    const answer = await replay(payload, role);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(text);
  });

  it('tries those of a code again: what is right goes on its way, what is wrong says why', async () => {
    const answer = await replay({ code: 'asset_unknown' });
    expect(answer.json<ReplayView>()).toMatchObject({
      items: [
        { id: 1, outcome: 'accepted', code: null },
        { id: 2, outcome: 'rejected', code: 'value_wrong_type' },
      ],
      left: 0,
    });
    expect(rig.replayed).toHaveLength(1_000);
    expect(rig.replayed[0]).toMatchObject({ asset: 'l1', ts: NOW, received: NOW, values: { power_w: 5 } });
    expect(await one(2)).toMatchObject({
      code: 'value_wrong_type',
      payload: '{"power_w":"much"}',
      whole: true,
    });
  });

  it('says of each id what became of it', async () => {
    const answer = await replay({ ids: [4, 3, 1, 3] }, 'manager');
    expect(answer.json<ReplayView>().items).toMatchObject([
      { id: 4, outcome: 'impossible', code: 'replay_impossible', detail: '3 of 900000 bytes were kept' },
      { id: 3, outcome: 'rejected', code: 'asset_unknown' },
      { id: 1, outcome: 'gone', code: 'not_found' },
    ]);
  });
});
