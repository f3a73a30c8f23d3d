import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, basic, startApi } from './api.testkit.ts';

let rig: ApiRig;
let webRoot: string;
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'steward-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Steward</title>');
  await writeFile(join(webRoot, 'assets', 'index-Ab3_x-9Z.js'), 'export {};');
  await writeFile(join(webRoot, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(webRoot, '.secret'), 'secret');
  rig = await startApi({ webRoot });
});
afterAll(async () => {
  await rig.end();
  await rm(webRoot, { recursive: true, force: true });
});

describe('the pages', () => {
  it.each(['/', '/index.html', '/tickets/T-1', '/assets/l1', '/apiary', '/parking?zone=north'])(
    '%s is index.html, asked for anew each time',
    async (url) => {
      const answer = await rig.app.inject(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('<title>Steward</title>');
      expect(answer.headers['content-type']).toContain('text/html');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  it('keep a file with a hash in its name for ever, another not', async () => {
    const hashed = await rig.app.inject('/assets/index-Ab3_x-9Z.js');
    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers['content-type']).toContain('javascript');
    expect((await rig.app.inject('/icon.svg')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/assets/gone-00000000.js',
    '/.secret',
    '/../package.json',
    '/%2e%2e/%2e%2e/etc/pass.wd',
    '/assets/..%2f..%2fetc%2fpasswd',
    '/api',
    '/api/v2/sites',
  ])('%s is a 404 with a problem', async (url) => {
    const answer = await rig.app.inject(url);
    expect(answer.statusCode, answer.body).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found' });
  });

  it('are not for other methods', async () => {
    expect((await rig.app.inject({ method: 'POST', url: '/tickets/T-1' })).statusCode).toBe(404);
    expect(
      (await rig.app.inject({ method: 'PUT', url: '/api/v1/sites', headers: basic('manager') })).statusCode,
    ).toBe(404);
  });

  it('say how to build them when nobody did; the API lives', async () => {
    const bare = await startApi({ webRoot: join(webRoot, 'nowhere') });
    try {
      const answer = await bare.app.inject('/tickets');
      expect(answer.statusCode).toBe(503);
      expect(answer.body).toContain('npm run build');
      expect((await bare.app.inject('/healthz')).json()).toEqual({ ok: true });
    } finally {
      await bare.end();
    }
  });
});

describe('every answer', () => {
  it.each(['/', '/healthz', '/api/v1/parking', '/api/v1/sites', '/nowhere.js', '/api/%zz'])(
    '%s: nobody may frame it, guess its type, or run what is not ours',
    async (url) => {
      const { headers } = await rig.app.inject(url);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/default-src 'self';.*frame-ancestors 'none'/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': expect.any(String),
      });
    },
  );

  it('of the API is for no cache', async () => {
    expect((await rig.app.inject('/api/v1/parking')).headers['cache-control']).toBe('no-store');
  });

  it('is 503 of /readyz, with the reason, when a part is not well', async () => {
    const parts = { series: { ok: false, detail: 'does not answer' } };
    const sick = await startApi({ ready: async () => ({ ok: false, parts }) });
    try {
      const answer = await sick.app.inject('/readyz');
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toEqual({ ok: false, parts });
    } finally {
      await sick.end();
    }
  });
});
