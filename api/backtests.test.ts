import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StewardError } from '../model/codes.ts';
import type { BacktestRequest, BacktestView } from '../model/views/backtest.ts';
import type { ProblemView } from '../model/views/list.ts';
import { type ApiRig, basic, startApi } from './api.testkit.ts';
import { hashPassword } from './password.ts';
import type { BacktestWanted } from './ports.ts';
import { NOW } from './site.testkit.ts';

const KEY = 'a-key-of-the-data-folder';
const FROM = '2026-01-01T00:00:00Z';

function viewOf({ names, from, to }: BacktestWanted, by: string): BacktestView {
  return {
    ...{ id: 'B-1', state: 'queued', by, rules: [...(names ?? [])], ahead: 0, share: 0, readings: 0 },
    ...{ asked_at: FROM, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...{ eta_s: null, problem: null, report: null },
  };
}

describe('backtests over HTTP', () => {
  const wanted: BacktestWanted[] = [];
  const cancelled: string[] = [];
  let rig: ApiRig;
  beforeAll(async () => {
    rig = await startApi({
      operatorKey: KEY,
      backtests: {
        ask: async (order, by) => {
          const text = order.rules?.[0]?.text;
          if (text === 'broken') throw new StewardError('rule_invalid', 'rules.yaml:1:1: no rules');
          wanted.push(order);
          return viewOf(order, by);
        },
        list: () => [],
        get: (id) => {
          throw new StewardError('not_found', `There is no backtest ${id}.`);
        },
        cancel: (id) => void cancelled.push(id),
      },
    });
  });
  afterAll(() => rig.end());

  const ask = (payload: BacktestRequest, headers = basic('manager')) =>
    rig.app.inject({ method: 'POST', url: '/api/v1/backtests', headers, payload });

  it('takes rules as YAML and goes on with the work', async () => {
    const answer = await ask({ rules: 'groups: []', from: FROM, warm_up: '7d' });
    expect(answer.statusCode).toBe(202);
    expect(answer.json<BacktestView>()).toMatchObject({ id: 'B-1', by: 'mia' });
    expect(wanted.at(-1)).toEqual({
      rules: [{ file: 'rules.yaml', text: 'groups: []' }],
      names: undefined,
      against: undefined,
      from: Date.parse(FROM),
      to: NOW,
      warmUpMs: 7 * 86_400_000,
    });
  });

  it('takes files larger than other bodies may be', async () => {
    const rules = [{ file: 'own.yaml', text: `# ${'x'.repeat(200_000)}` }];
    expect((await ask({ rules, from: FROM })).statusCode).toBe(202);
  });

  it.each([
    ['neither rules nor names', { from: FROM }, 400, 'request_invalid'],
    ['both', { rules: 'a', names: ['LampOut'], from: FROM }, 400, 'request_invalid'],
    ['no beginning', { rules: 'a' }, 400, 'request_invalid'],
    ['a beginning that is none', { rules: 'a', from: 'yesterday' }, 400, 'request_invalid'],
    ['a rule with a mistake', { rules: 'broken', from: FROM }, 422, 'rule_invalid'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await ask(body as BacktestRequest);
    expect(answer.statusCode).toBe(status);
    expect(answer.json<ProblemView>().code).toBe(code);
  });

  it('is for those who answer for a site or a zone', async () => {
    const { users } = rig.records;
    await users.put({ id: 'sam', role: 'staff', password_hash: await hashPassword('sam-password') });
    const sam = { authorization: `Basic ${Buffer.from('sam:sam-password').toString('base64')}` };
    const codeFor = async (headers: { authorization: string }) => {
      const answer = await ask({ names: ['LampOut'], from: FROM }, headers);
      return answer.json<Partial<ProblemView>>().code ?? answer.statusCode;
    };
    expect(await codeFor(basic('manager'))).toBe(202);
    expect(await codeFor(basic('staff')), 'steward of two zones').toBe(202);
    expect(await codeFor(sam), 'steward of none').toBe('forbidden');
    expect(await codeFor(basic('viewer'))).toBe('forbidden');
  });

  it('takes the key of the data folder for the operator of this machine, and no other', async () => {
    const bearing = (key: string) =>
      ask({ names: ['LampOut'], from: FROM }, { authorization: `Bearer ${key}` });
    expect((await bearing(KEY)).json<BacktestView>().by).toBe('operator');
    for (const wrong of ['', 'x', KEY.toUpperCase(), `${KEY} `])
      expect((await bearing(wrong)).statusCode, wrong).toBe(401);
  });

  it('says what it does not have, and cancels what it has', async () => {
    const headers = basic('manager');
    const unknown = await rig.app.inject({ url: '/api/v1/backtests/B-9', headers });
    expect(unknown.statusCode).toBe(404);
    const gone = await rig.app.inject({ method: 'DELETE', url: '/api/v1/backtests/B-1', headers });
    expect(gone.statusCode).toBe(204);
    expect(cancelled).toEqual(['B-1']);
  });
});
