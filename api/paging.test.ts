import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RejectCode } from '../model/codes.ts';
import type { ListView } from '../model/views/list.ts';
import { changeOf, ticketOf } from '../store/records/ticket.testkit.ts';
import { type ApiRig, basic, readingOf, startApi } from './api.testkit.ts';
import { decodeCursor, encodeCursor, pageByKey } from './paging.ts';
import { NOW } from './site.testkit.ts';

let rig: ApiRig;
const MINUTE = 60_000;

beforeAll(async () => {
  rig = await startApi();
  for (let n = 1; n <= 25; n++) {
    const ticket = ticketOf(`T-${n}`, { key: `LampOut/x${n}`, zone: n % 2 ? 'north' : 'south' });
    await rig.records.tickets.commit([changeOf(ticket, `cause-${n}`)]);
  }
  await rig.read(...Array.from({ length: 30 }, (_, n) => readingOf('p1', NOW - n * MINUTE, { power_w: n })));
  const rejection = (n: number, code: RejectCode) => ({
    message: `m-${n}`,
    topic: 't',
    client: 'd1',
    received: NOW,
    code,
    detail: '',
    payload: new Uint8Array(),
    size: 0,
  });
  await rig.quarantine.keep(
    Array.from({ length: 12 }, (_, n) => rejection(n, n % 3 ? 'payload_not_json' : 'asset_unknown')),
  );
});
afterAll(() => rig.end());

async function pagesOf<T>(url: string): Promise<readonly (readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? url : `${url}&cursor=${encodeURIComponent(cursor)}`;
    const answer = await rig.app.inject({ url: at, headers: basic('viewer') });
    expect(answer.statusCode, answer.body).toBe(200);
    const page: ListView<T> = answer.json();
    pages.push(page.items);
    cursor = page.next;
  } while (cursor !== null);
  return pages;
}

describe('page after page gives every item once, in order', () => {
  it.each([
    ['/api/v1/tickets?limit=10', [10, 10, 5]],
    ['/api/v1/tickets?limit=25', [25]],
    ['/api/v1/tickets?zone=north&limit=4', [4, 4, 4, 1]],
    ['/api/v1/quarantine?limit=5', [5, 5, 2]],
    ['/api/v1/quarantine?code=asset_unknown&limit=4', [4]],
    ['/api/v1/assets?limit=4', [4, 4, 2]],
    ['/api/v1/assets?kind=bay&limit=2', [2, 2, 1]],
  ])('%s', async (url, sizes) => {
    const pages = await pagesOf<{ id: string | number }>(url);
    expect(pages.map((page) => page.length)).toEqual(sizes);
    const ids = pages.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of readings, raw and in buckets', async () => {
    const from = `from=${NOW - 29 * MINUTE}&to=${NOW + 1}&metrics=power_w`;
    const raw = await pagesOf<{ ts: string; values: { power_w: number } }>(
      `/api/v1/assets/p1/readings?${from}&limit=12`,
    );
    expect(raw.map((page) => page.length)).toEqual([12, 12, 6]);
    expect(raw.flat().map(({ values }) => values.power_w)).toEqual(
      Array.from({ length: 30 }, (_, n) => 29 - n),
    );
    const means = await pagesOf<{ ts: string; values: { power_w: number } }>(
      `/api/v1/assets/p1/readings?${from}&every=10m&limit=2`,
    );
    expect(means.map((page) => page.length)).toEqual([2, 2]);
    // 21:01 to 21:30: two whole buckets in the middle, their means exact.
    expect(means.flat().map(({ ts }) => ts.slice(11, 16))).toEqual(['21:00', '21:10', '21:20', '21:30']);
    expect(means.flat().map(({ values }) => values.power_w)).toEqual([25, 15.5, 5.5, 0]);
  });

  it('by key, whatever comes and goes between two pages', () => {
    const words = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 30 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 1, max: 7 }), (stay, come, limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        let round = 0;
        do {
          const now = round++ % 2 ? stay : [...new Set([...stay, ...come])];
          const page = pageByKey(now, (word) => word, { limit, cursor });
          seen.push(...page.items);
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining(stay));
      }),
    );
  });

  it('with cursors that only this list makes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        expect(decodeCursor(encodeCursor(key))).toBe(key);
      }),
    );
    for (const wrong of ['', '!', 'bm9wZ', '{}']) expect(() => decodeCursor(wrong)).toThrow('query.cursor');
  });
});
