import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../model/clock.ts';
import { type ApiRig, basic, PASSWORDS, startApi } from '../api.testkit.ts';
import { hashPassword } from '../password.ts';
import { faultOf, NOW } from '../site.testkit.ts';

let rig: ApiRig;
beforeEach(async () => {
  rig = await startApi();
});
afterEach(() => rig.end());

const [MIA, MIA_PASSWORD] = PASSWORDS.manager;

function signIn(user: string, password: string, headers: Record<string, string> = {}, ip = '127.0.0.1') {
  return rig.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { user, password },
    headers,
    remoteAddress: ip,
  });
}
const whoAmI = (headers: Record<string, string>) => rig.app.inject({ url: '/api/v1/session', headers });

async function cookieOf(user: string, password: string): Promise<{ cookie: string }> {
  const answer = await signIn(user, password);
  expect(answer.statusCode, answer.body).toBe(200);
  const { name, value } = answer.cookies[0]!;
  return { cookie: `${name}=${value}` };
}

describe('a session', () => {
  it('begins with the password, in a cookie that no script and no other site can use', async () => {
    const answer = await signIn(MIA, MIA_PASSWORD);
    expect(answer.json()).toEqual({ user: 'mia', name: 'Mia Manager', role: 'manager' });
    expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(answer.cookies[0]).not.toHaveProperty('secure');
    expect(Buffer.from(answer.cookies[0]!.value, 'base64url')).toHaveLength(32);
    expect(answer.body).not.toContain(answer.cookies[0]!.value);
  });

  it('has a secure cookie behind a proxy that speaks TLS, when proxies are believed', async () => {
    const behind = await startApi({ trustProxy: '127.0.0.1' });
    try {
      const answer = await behind.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { user: MIA, password: MIA_PASSWORD },
        headers: { 'x-forwarded-proto': 'https' },
      });
      expect(answer.cookies[0]).toMatchObject({ secure: true });
      expect(answer.headers['strict-transport-security']).toBeDefined();
    } finally {
      await behind.end();
    }
  });

  it('ends by signing out; the cookie is worth nothing then', async () => {
    const cookie = await cookieOf(MIA, MIA_PASSWORD);
    expect((await whoAmI(cookie)).statusCode).toBe(200);
    const out = await rig.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: cookie });
    expect(out.statusCode).toBe(204);
    expect((await whoAmI(cookie)).json()).toMatchObject({ code: 'not_signed_in' });
  });

  it('ends when it idles for more than 12 hours, and after 7 days whatever happens', async () => {
    const cookie = await cookieOf(MIA, MIA_PASSWORD);
    for (let h = 0; h <= 7 * 24; h += 12) {
      rig.wallClock.set(NOW + h * HOUR_MS);
      expect((await whoAmI(cookie)).statusCode, `after ${h} h`).toBe(200);
    }
    rig.wallClock.set(NOW + 7 * 24 * HOUR_MS + 1);
    expect((await whoAmI(cookie)).statusCode).toBe(401);

    const idle = await cookieOf(MIA, MIA_PASSWORD);
    rig.wallClock.set(rig.wallClock.now() + 12 * HOUR_MS + 1);
    expect((await whoAmI(idle)).statusCode).toBe(401);
  });

  it('ends with the password that it began with, and follows the role at once', async () => {
    const cookie = await cookieOf(MIA, MIA_PASSWORD);
    const { password_hash } = (await rig.records.users.get(MIA))!;
    await rig.records.users.put({ id: MIA, role: 'viewer', password_hash });
    expect((await whoAmI(cookie)).json()).toMatchObject({ role: 'viewer' });
    const changed = await hashPassword('another', { n: 1024, r: 8, p: 1 });
    await rig.records.users.put({ id: MIA, role: 'manager', password_hash: changed });
    expect((await whoAmI(cookie)).statusCode).toBe(401);
  });
});

describe('signing in is refused', () => {
  it.each([
    ['a wrong password', MIA, 'wrong'],
    ['an unknown name', 'nobody', 'wrong'],
    ['a name of the language', '__proto__', 'x'],
  ])('for %s, in the same words', async (_what, user, password) => {
    const answer = await signIn(user, password);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({
      code: 'sign_in_refused',
      detail: 'The name or the password is wrong.',
    });
    expect(answer.cookies).toEqual([]);
  });

  it('after five wrong passwords within a minute, also for the right one, for that name and address only', async () => {
    for (let i = 0; i < 5; i++) expect((await signIn(MIA, `wrong ${i}`)).statusCode).toBe(401);
    rig.wallClock.set(NOW + 20_000);
    const answer = await signIn(MIA, MIA_PASSWORD);
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('40');
    expect(answer.json()).toMatchObject({ code: 'too_many_attempts' });
    expect((await signIn(...PASSWORDS.staff)).statusCode).toBe(200);
    expect((await signIn(MIA, MIA_PASSWORD, {}, '10.0.0.7')).statusCode).toBe(200);
    rig.wallClock.set(NOW + MINUTE_MS);
    expect((await signIn(MIA, MIA_PASSWORD)).statusCode).toBe(200);
  });

  it('for scripts that guess with HTTP Basic just the same', async () => {
    const guess = (n: number) =>
      whoAmI({ authorization: `Basic ${Buffer.from(`${MIA}:guess${n}`).toString('base64')}` });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(n)));
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5);
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(7);
  });

  it.each([
    ['nothing', {}, 'body.user: is missing; body.password: is missing'],
    ['a misspelt member', { user: 'mia', pasword: 'x', password: 'y' }, 'did you mean "password"?'],
    ['a number as name', { user: 1, password: 'x' }, 'body.user'],
    ['a list', [], 'body: a JSON object is expected'],
    ['an endless name', { user: 'x'.repeat(65), password: 'x' }, 'body.user'],
  ])('for a body with %s', async (_what, payload, detail) => {
    const answer = await rig.app.inject({ method: 'POST', url: '/api/v1/session', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain(detail);
  });
});

describe('scripts', () => {
  it('send name and password with each request; 30 at once are not 30 attempts', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => whoAmI(basic('manager'))));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(answers[0]!.cookies).toEqual([]);
  });

  it('are refused as soon as the password is another', async () => {
    expect((await whoAmI(basic('manager'))).statusCode).toBe(200);
    const password_hash = await hashPassword('another', { n: 1024, r: 8, p: 1 });
    await rig.records.users.put({ id: MIA, role: 'manager', password_hash });
    expect((await whoAmI(basic('manager'))).statusCode).toBe(401);
  });

  it.each(['Bearer abc', 'Basic', 'Basic !!!', `Basic ${Buffer.from('no colon').toString('base64')}`])(
    'are told what is understood when they send %s',
    async (authorization) => {
      const answer = await whoAmI({ authorization });
      expect(answer.statusCode).toBe(401);
      // No browser opens its own password box for this scheme.
      expect(answer.headers['www-authenticate']).toBe('Session realm="steward"');
    },
  );
});

describe('acting on a ticket', () => {
  const act = (headers: Record<string, string>, payload: object | string, ticket = 'T-1') =>
    rig.app.inject({ method: 'POST', url: `/api/v1/tickets/${ticket}/actions`, headers, payload });

  beforeEach(async () => {
    const fault = faultOf('p1', { rule: 'PumpDryRun', severity: 'critical' });
    await rig.desk.fault([{ type: 'firing', fault, at: NOW, cause: 'PumpDryRun/p1#1' }]);
  });

  it('is for staff and managers', async () => {
    expect((await act({}, { action: 'acknowledge' })).statusCode).toBe(401);
    const viewer = await act(basic('viewer'), { action: 'acknowledge' });
    expect(viewer.statusCode).toBe(403);
    expect(viewer.json()).toMatchObject({ code: 'forbidden' });
    const staff = await act(basic('staff'), { action: 'acknowledge', note: 'on my way' });
    expect(staff.statusCode, staff.body).toBe(200);
    expect(staff.json()).toMatchObject({
      id: 'T-1',
      state: 'acknowledged',
      acknowledged_at: expect.any(String),
    });
    expect(staff.json<{ history: object[] }>().history.at(-1)).toMatchObject({
      type: 'acknowledged',
      who: { id: 'nora', name: 'Nora North' },
      note: 'on my way',
    });
  });

  it('offers exactly what then succeeds or only lacks a reason', async () => {
    const view = (await rig.app.inject({ url: '/api/v1/tickets/T-1', headers: basic('manager') })).json<{
      actions: string[];
    }>();
    expect(view.actions).toContain('acknowledge');
    expect(view.actions).not.toContain('reopen');
    const impossible = await act(basic('manager'), { action: 'reopen', note: 'still dry' });
    expect(impossible.statusCode).toBe(409);
    expect(impossible.json()).toMatchObject({ code: 'action_impossible' });
    expect((await act(basic('manager'), { action: 'hold' })).statusCode).toBe(400);
  });

  it.each<[what: string, payload: object, detail: string]>([
    ['a misspelt action', { action: 'acknowlege' }, 'did you mean "acknowledge"?'],
    ['a misspelt member', { actoin: 'start', action: 'start' }, 'did you mean "action"?'],
    ['no action', {}, 'body.action'],
    ['a note that is a book', { action: 'note', note: 'x'.repeat(2_001) }, 'body.note'],
    ['to assign to a stranger', { action: 'assign', assignee: 'nobody' }, 'assignee'],
  ])('refuses %s', async (_what, payload, detail) => {
    const answer = await act(basic('manager'), payload);
    expect(answer.statusCode, answer.body).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain(detail);
  });

  it('refuses what is no JSON, another type, or too large, as problems', async () => {
    const answers = await Promise.all([
      act({ ...basic('manager'), 'content-type': 'application/json' }, '{"action":'),
      act({ ...basic('manager'), 'content-type': 'text/plain' }, '{"action":"start"}'),
      act({ ...basic('manager'), 'content-type': 'application/x-www-form-urlencoded' }, 'action=start'),
      act(basic('manager'), { action: 'note', note: 'x'.repeat(70_000) }),
      act(basic('manager'), { action: 'start' }, 'T-99'),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 415, 415, 413, 404]);
    for (const answer of answers) {
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect((await rig.records.tickets.get('T-1'))!.state).toBe('assigned');
  });

  it.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: 'http://steward.example:8080', host: 'steward.example:8080' }, 200],
    [{ origin: 'http://steward.example:8080', host: 'steward.example:9090' }, 403],
  ])('from a page with %j is %i', async (headers, status) => {
    const cookie = await cookieOf(MIA, MIA_PASSWORD);
    const answer = await act({ ...cookie, ...headers } as Record<string, string>, { action: 'start' });
    expect(answer.statusCode, answer.body).toBe(status);
  });
});
