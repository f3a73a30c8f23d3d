import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemView } from '../model/views/list.ts';
import type { WhyView } from '../model/views/why.ts';
import { type ApiRig, basic, startApi } from './api.testkit.ts';

describe('why over HTTP', () => {
  let rig: ApiRig;
  beforeAll(async () => {
    rig = await startApi();
  });
  afterAll(() => rig.end());
  const ask = (path: string) => rig.app.inject({ url: `/api/v1/assets/${path}`, headers: basic('viewer') });

  it('tells how far each rule is with an asset, in times of RFC 3339', async () => {
    const answer = await ask('l1/why');
    expect(answer.statusCode).toBe(200);
    const { items } = answer.json<{ items: WhyView[] }>();
    expect(items).toMatchObject([
      { rule: 'LampOut', asset: 'l1', phase: 'pending', settings: [{ name: 'rated_w', from: 'site file' }] },
    ]);
    const { at, since, due, values } = items[0]!;
    expect(Date.parse(due!) - Date.parse(since!)).toBe(1_200_000);
    expect(Date.parse(at) - Date.parse(values[0]!.measured!)).toBe(60_000);
  });

  it('tells one rule when it is asked for one', async () => {
    expect((await ask('l1/why?rule=LampOut')).json<{ items: WhyView[] }>().items).toHaveLength(1);
  });

  it.each([
    ['lx/why', 404, 'There is no asset "lx"'],
    ['l1/why?rule=LampOat', 404, 'No rule "LampOat" watches a luminaire (did you mean "LampOut"?).'],
    ['l1/why?rules=LampOut', 400, 'rules'],
  ])('says what is wrong with %s', async (path, status, detail) => {
    const answer = await ask(path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json<ProblemView>().detail).toContain(detail);
  });

  it('is for people who are signed in', async () => {
    expect((await rig.app.inject({ url: '/api/v1/assets/l1/why' })).statusCode).toBe(401);
  });
});
