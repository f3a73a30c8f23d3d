import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CODES } from '../model/codes.ts';
import { type ApiRig, basic, readingOf, startApi } from './api.testkit.ts';
import { faultOf, NOW } from './site.testkit.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly security: readonly unknown[];
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

let rig: ApiRig;
let document: Document;

beforeAll(async () => {
  rig = await startApi();
  await rig.read(
    readingOf('l1', NOW - 60_000, { power_w: 97, temperature_c: 12 }),
    readingOf('l2', NOW - 60_000, { power_w: 0.4 }),
    readingOf('b1', NOW - 30_000, { occupied: 0, battery_pct: 80 }),
  );
  const fault = faultOf('l2', { proof: 'one full night at expected power' });
  rig.faults = [fault];
  await rig.desk.fault([{ type: 'firing', fault, at: NOW, cause: 'LampOut/l2#1' }]);
  await rig.records.devices.put([{ id: 'd1', asset: 'l1', secret_hash: 'x', bound_from: NOW - 1e6 }]);
  await rig.quarantine.keep([
    {
      message: 'm-9',
      topic: 'site/mill-lane/luminaire/l1/telemetry',
      client: 'd1',
      received: NOW,
      code: 'payload_not_json',
      detail: 'at byte 0',
      payload: new Uint8Array([0x7b, 0xff]),
      size: 2,
    },
  ]);
  document = (await rig.app.inject('/api/openapi.json')).json<Document>();
});
afterAll(() => rig.end());

const get = (url: string) => rig.app.inject({ url, headers: basic('viewer') });

/** The schema that the document promises for this answer, as a check. */
function promised(path: string, method: string, status: number, media: string): z.ZodType {
  const { responses } = document.paths[path]![method]!;
  const answer = responses[String(status)] ?? responses['default']!;
  return z.fromJSONSchema(answer.content![media]!.schema as Parameters<typeof z.fromJSONSchema>[0]);
}

const ANSWERS: readonly [url: string, path: string, contains: object][] = [
  ['/api/v1/sites', '/api/v1/sites', { items: [{ id: 'mill-lane', tz: 'Europe/London' }], next: null }],
  [
    '/api/v1/zones?site=mill-lane',
    '/api/v1/zones',
    {
      items: [
        { id: 'north', steward: { id: 'nora', name: 'Nora North' }, open_tickets: 1 },
        { id: 'south', open_tickets: 0 },
      ],
    },
  ],
  [
    '/api/v1/assets?kind=luminaire&zone=north',
    '/api/v1/assets',
    {
      items: [
        { id: 'l1', status: 'ok', circuit: 'c1', gateway: null, latest: { power_w: { value: 97 } } },
        { id: 'l2', status: 'warning', tickets: ['T-1'] },
        { id: 'l3', status: 'unknown', last_seen: null, latest: {} },
      ],
      next: null,
    },
  ],
  ['/api/v1/assets?site=elsewhere', '/api/v1/assets', { items: [] }],
  ['/api/v1/assets/l2', '/api/v1/assets/{id}', { id: 'l2', last_seen: new Date(NOW - 60_000).toISOString() }],
  [
    '/api/v1/assets/l1/readings',
    '/api/v1/assets/{id}/readings',
    {
      asset: 'l1',
      every_ms: null,
      metrics: [{ name: 'power_w', unit: 'W' }, { name: 'temperature_c' }],
      items: [{ ts: new Date(NOW - 60_000).toISOString(), values: { power_w: 97, temperature_c: 12 } }],
      next: null,
    },
  ],
  [
    '/api/v1/tickets?state=any_open&kind=luminaire&rule=LampOut&asset=l2&site=mill-lane&zone=north',
    '/api/v1/tickets',
    { items: [{ id: 'T-1', state: 'assigned', asset_name: 'luminaire l2', overdue: false }], next: null },
  ],
  [
    '/api/v1/tickets/T-1',
    '/api/v1/tickets/{id}',
    {
      zone_name: 'North court',
      site_name: 'Mill Lane',
      evidence: { values: { power_w: 0.4 }, metrics: [{ name: 'power_w', unit: 'W' }] },
      actions: [],
    },
  ],
  [
    '/api/v1/rules',
    '/api/v1/rules',
    { items: [{ rule: 'LampOut', kinds: ['luminaire'], firing: 1 }], next: null },
  ],
  [
    '/api/v1/assets/l1/why?rule=LampOut',
    '/api/v1/assets/{id}/why',
    { items: [{ rule: 'LampOut', phase: 'pending' }] },
  ],
  ['/api/v1/rules/LampOut', '/api/v1/rules/{rule}', { rule: 'LampOut', file: 'lighting.yaml', firing: 1 }],
  ['/api/v1/backtests', '/api/v1/backtests', { items: [{ id: 'B-1', report: null }], next: null }],
  ['/api/v1/backtests/B-1', '/api/v1/backtests/{id}', { state: 'done', report: { readings: 1_728_000 } }],
  ['/api/v1/faults?active=true&asset=l2', '/api/v1/faults', { items: [{ rule: 'LampOut', asset: 'l2' }] }],
  [
    '/api/v1/devices',
    '/api/v1/devices',
    { items: [{ id: 'd1', connected: false, last_seen: new Date(NOW - 60_000).toISOString() }] },
  ],
  [
    '/api/v1/quarantine?code=payload_not_json',
    '/api/v1/quarantine',
    {
      items: [
        { id: 1, code: 'payload_not_json', payload: '{\ufffd', meaning: expect.stringContaining('JSON') },
      ],
    },
  ],
  [
    '/api/v1/quarantine/1',
    '/api/v1/quarantine/{id}',
    { id: 1, code: 'payload_not_json', size: 2, whole: true },
  ],
  [
    '/api/v1/quarantine/counts',
    '/api/v1/quarantine/counts',
    { kept: 1, bytes: 2, total: 1, by_code: [{ code: 'payload_not_json', kept: 1 }] },
  ],
  [
    '/api/v1/rounds/tonight',
    '/api/v1/rounds/tonight',
    {
      items: [
        {
          zone: 'north',
          supervisor: { id: 'sam', name: 'Sam Safety' },
          lights_due: true,
          lamps: 3,
          lit: 1,
          dark: [{ asset: 'l2', tickets: ['T-1'] }],
          cannot_vouch: [{ asset: 'l3', reason: 'never_heard' }],
        },
      ],
    },
  ],
  ['/api/v1/session', '/api/v1/session', { user: 'vic', name: 'Vic Viewer', role: 'viewer' }],
  [
    '/api/v1/parking',
    '/api/v1/parking',
    {
      items: [
        {
          zone: 'north',
          classes: [{ bay_class: 'general', total: 2, free: 1, unknown: 1 }, {}, {}],
          oldest_s: 30,
        },
        { zone: 'south', oldest_s: null },
      ],
    },
  ],
  ['/api/v1/notices', '/api/v1/notices', { next: null }],
  ['/healthz', '/healthz', { ok: true }],
  ['/readyz', '/readyz', { ok: true, parts: { records: { ok: true } } }],
];

describe('every answer is what OpenAPI promises', () => {
  it.each(ANSWERS)('GET %s', async (url, path, contains) => {
    const answer = await get(url);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    const body = answer.json<unknown>();
    expect(body).toMatchObject(contains);
    expect(promised(path, 'get', 200, 'application/json').safeParse(body).error).toBeUndefined();
  });

  it('leaves no route of the API untried', () => {
    const tried = new Set(ANSWERS.map(([, path]) => path));
    const elsewhere = ['/api/v1/events', '/metrics'];
    const listed = Object.entries(document.paths).filter(([, methods]) => 'get' in methods);
    expect(listed.map(([path]) => path).filter((path) => !tried.has(path))).toEqual(
      expect.arrayContaining(elsewhere),
    );
    expect(listed.length).toBe(tried.size + elsewhere.length);
  });

  it('gives Prometheus its text', async () => {
    const answer = await rig.app.inject('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('steward_readings_total 1');
  });
});

describe('the OpenAPI document', () => {
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is 3.1 with a unique name, a summary and a problem answer for each operation', () => {
    expect(document.openapi).toBe('3.1.0');
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation } of operations()) {
      expect(operation.summary).not.toBe('');
      expect(operation.responses['default']!.content).toHaveProperty('application/problem+json');
    }
  });

  it('declares each parameter of a path, and no other', () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
      expect(declared, path).toEqual(inPath);
    }
  });

  it('asks for no account exactly where none is needed', async () => {
    for (const { path, method, operation } of operations()) {
      if (method !== 'get') continue;
      const { statusCode } = await rig.app.inject(path.replace('{id}', 'x'));
      expect(statusCode === 401, path).toBe(operation.security.length > 0);
    }
  });

  it('refers to nothing outside itself', () => {
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
      const target = ref!
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
      expect(target, ref).toBeDefined();
    }
  });
});

const BAD: readonly [url: string, status: number, code: string, detail: string][] = [
  ['/api/v1/assets?knd=bay', 400, 'request_invalid', 'query: unknown parameter "knd" (did you mean "kind"?)'],
  ['/api/v1/assets?kind=lumnaire', 400, 'request_invalid', 'did you mean "luminaire"?'],
  ['/api/v1/assets?kind=bay&kind=pump', 400, 'request_invalid', 'query.kind: is given more than once'],
  ['/api/v1/assets?limit=0', 400, 'request_invalid', 'query.limit: "0" is no whole number from 1 to 5000'],
  ['/api/v1/assets?cursor=%00', 400, 'request_invalid', 'query.cursor'],
  ['/api/v1/assets?__proto__=1', 400, 'request_invalid', 'query'],
  ['/api/v1/sites?x=1', 400, 'request_invalid', 'unknown parameter "x"'],
  ['/api/v1/assets/l9', 404, 'not_found', 'did you mean "l1"?'],
  ['/api/v1/assets/constructor', 404, 'not_found', 'no asset "constructor"'],
  ['/api/v1/assets/l1/readings?metrics=powr_w', 400, 'request_invalid', 'did you mean "power_w"?'],
  ['/api/v1/assets/l1/readings?from=yesterday', 400, 'request_invalid', 'query.from: "yesterday" is no time'],
  ['/api/v1/assets/l1/readings?from=2026-02-30T00:00:00Z', 400, 'request_invalid', 'is no time'],
  ['/api/v1/assets/l1/readings?from=2&to=1', 400, 'request_invalid', 'must be before `to`'],
  ['/api/v1/assets/l1/readings?every=5', 400, 'request_invalid', 'query.every: "5" is no width'],
  ['/api/v1/assets/l1/readings?every=0s', 400, 'request_invalid', 'is no width'],
  ['/api/v1/assets/l1/readings?cursor=bm9wZQ', 400, 'request_invalid', 'query.cursor'],
  ['/api/v1/tickets?state=opne', 400, 'request_invalid', 'did you mean "open"?'],
  ['/api/v1/tickets?cursor=nope', 400, 'request_invalid', 'cursor'],
  ['/api/v1/tickets/T-99', 404, 'not_found', 'no ticket "T-99"'],
  ['/api/v1/tickets/%27%3B--', 404, 'not_found', 'no ticket'],
  ['/api/v1/quarantine?code=not_found', 400, 'request_invalid', 'is none of'],
  ['/api/v1/quarantine?cursor=bm9wZQ', 400, 'request_invalid', 'query.cursor'],
  ['/api/v1/faults?active=false', 400, 'request_invalid', 'query.active'],
  ['/api/v1/asset', 404, 'not_found', 'did you mean "/api/v1/assets"?'],
  ['/api/%zz', 400, 'request_invalid', '%zz'],
];

describe('bad input', () => {
  it.each(BAD)('GET %s is %i %s', async (url, status, code, detail) => {
    const answer = await get(url);
    expect(answer.statusCode, answer.body).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = answer.json<{ code: string; detail: string; instance: string; status: number }>();
    expect(problem).toMatchObject({ status, code, detail: expect.stringContaining(detail) });
    expect(CODES).toContain(problem.code);
    expect(
      promised('/api/v1/sites', 'get', status, 'application/problem+json').safeParse(problem).error,
    ).toBe(undefined);
  });

  it('names every mistake at once', async () => {
    const { detail } = (await get('/api/v1/tickets?limit=x&stat=open&kind=cat')).json<{ detail: string }>();
    expect(detail.split('; ')).toHaveLength(3);
  });

  it('tells a fault of ours by its id only, which the log has too', async () => {
    const broken = await startApi({ notices: () => Promise.reject(new Error('secret path /x')) });
    try {
      const answer = await broken.app.inject('/api/v1/notices');
      expect(answer.statusCode).toBe(500);
      expect(answer.body).not.toContain('secret');
      const { instance, code } = answer.json<{ instance: string; code: string }>();
      expect(code).toBe('internal');
      expect(broken.logged.join('')).toContain(instance.replace('urn:uuid:', ''));
      expect(broken.logged.join('')).toContain('secret path /x');
    } finally {
      await broken.end();
    }
  });
});
