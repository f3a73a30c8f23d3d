import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODES } from '../model/codes.ts';
import { type ApiRig, basic, readingOf, startApi } from './api.testkit.ts';
import { faultOf, NOW } from './site.testkit.ts';

let rig: ApiRig;
let templates: readonly string[];

beforeAll(async () => {
  rig = await startApi();
  await rig.read(readingOf('l1', NOW, { power_w: 1 }));
  const fault = faultOf('l1');
  rig.faults = [fault];
  await rig.desk.fault([{ type: 'firing', fault, at: NOW, cause: 'c#1' }]);
  const { paths } = (await rig.app.inject('/api/openapi.json')).json<{ paths: Record<string, object> }>();
  templates = Object.keys(paths).filter((path) => 'get' in paths[path]! && path !== '/api/v1/events');
});
afterAll(() => rig.end());

const NAMES = [
  'kind',
  'zone',
  'state',
  'metrics',
  'from',
  'to',
  'every',
  'limit',
  'cursor',
  'code',
  'active',
  'x',
];
const VALUES = [
  ...['bay', 'open', 'any_open', 'power_w', '1', '0', '-1', '99999999999999999999', '1s', '366d', 'NaN', ''],
  ...['MA', 'bjE', "' OR 1=1 --", '%00', '\u0000', '../..', '{}', '2026-01-15T21:00:00Z', 'true'],
];
const word = fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 12 }));
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 6 })), word), {
  maxLength: 3,
});

describe('whatever is asked', () => {
  it('is answered: well, or with a problem of the registry that is the asker’s', async () => {
    const template = fc.nat().map((n) => templates[n % templates.length]!);
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(template, word, query, async (path, id, parameters) => {
        const search = new URLSearchParams(parameters);
        const url = `${path.replace('{id}', encodeURIComponent(id))}?${search}`;
        const answer = await rig.app.inject({ url, headers: basic('viewer') });
        seen.add(answer.statusCode);
        expect(answer.statusCode, `${url}\n${answer.body}`).toBeLessThan(500);
        if (answer.statusCode >= 400) expect(CODES).toContain(answer.json<{ code: string }>().code);
      }),
      { numRuns: 400, seed: 20_260_115 },
    );
    expect(seen).toEqual(new Set([200, 400, 404]));
    expect(rig.logged).toEqual([]);
  });

  it('to do with a ticket is refused unless it is an action, and the ticket stays as it was', async () => {
    const before = await rig.records.tickets.get('T-1');
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 2 }), async (payload) => {
        const answer = await rig.app.inject({
          method: 'POST',
          url: '/api/v1/tickets/T-1/actions',
          headers: { ...basic('manager'), 'content-type': 'application/json' },
          payload: JSON.stringify(payload),
        });
        expect(answer.statusCode, answer.body).toBe(400);
      }),
      { numRuns: 100, seed: 20_260_115 },
    );
    expect(await rig.records.tickets.get('T-1')).toEqual(before);
  });
});
