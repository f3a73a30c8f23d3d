import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StewardError } from '../../model/codes.ts';
import type { BacktestView, RuleTextView } from '../../model/views/backtest.ts';
import { wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { backtestSchema } from '../schemas/backtest.ts';
import { listOf } from '../schemas/common.ts';
import { identityOf } from '../sign-in/guard.ts';
import { durationInput, timeInput } from '../time-input.ts';

type Ports = Pick<ApiDeps, 'backtests' | 'directory' | 'clock'>;

const tag = 'watch';
/** All files of a large site's rules together. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const idInput = z.strictObject({ id: z.string() });

const rulesInput = z
  .union([z.string().min(1), z.array(z.strictObject({ file: z.string().min(1), text: z.string() })).min(1)])
  .optional();

function textsOf(rules: string | readonly RuleTextView[] | undefined): readonly RuleTextView[] | undefined {
  return typeof rules === 'string' ? [{ file: 'rules.yaml', text: rules }] : rules;
}

/** A backtest costs the machine minutes: those who answer for a site or a zone may ask for one. */
function mustAnswerForSomething(request: FastifyRequest, { directory }: Ports): string {
  const { user, role } = identityOf(request);
  const isSteward = directory.sites.some(({ zones }) => zones.some(({ steward }) => steward === user));
  if (role !== 'manager' && !isSteward)
    throw new StewardError('forbidden', 'Managers and the stewards of zones may try rules on the past.');
  return user;
}

function addAskRoute(app: FastifyInstance, ports: Ports): void {
  addRoute(
    app,
    {
      method: 'POST',
      path: '/backtests',
      name: 'addBacktest',
      summary:
        'Tries rules on the stored readings: YAML, or names of rules in force. Runs beside everything else; ask again for its progress and report',
      tag,
      access: 'staff',
      bodyLimitBytes: BODY_LIMIT_BYTES,
      body: z.strictObject({
        rules: rulesInput.describe('YAML, or files as {file, text}'),
        names: z.array(z.string()).min(1).optional().describe('Rules in force, as they are'),
        against: rulesInput.describe(
          'YAML to compare with; absent = the rules in force of the same names as those in `rules`',
        ),
        from: timeInput('Beginning'),
        to: timeInput('End; absent = now').optional(),
        warm_up: durationInput(
          'How much is read before `from`; absent = the longest window, at least 1d',
        ).optional(),
      }),
      answer: { status: 202, schema: backtestSchema },
    },
    ({ body, request }): Promise<BacktestView> => {
      const by = mustAnswerForSomething(request, ports);
      if ((body.rules === undefined) === (body.names === undefined))
        throw new StewardError('request_invalid', 'body: either rules or names is expected');
      return ports.backtests.ask(
        {
          rules: textsOf(body.rules),
          names: body.names,
          against: textsOf(body.against),
          from: body.from,
          to: body.to ?? ports.clock.now(),
          warmUpMs: body.warm_up,
        },
        by,
      );
    },
  );
}

function addLookRoutes(app: FastifyInstance, { backtests }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/backtests',
      name: 'listBacktests',
      summary: 'Backtests since the start, newest first, without their reports',
      tag,
      access: 'signed_in',
      answer: { status: 200, schema: listOf(backtestSchema) },
    },
    () => wholeList(backtests.list()),
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/backtests/:id',
      name: 'getBacktest',
      summary: 'How far a backtest is, and its report when it is done',
      tag,
      access: 'signed_in',
      params: idInput,
      answer: { status: 200, schema: backtestSchema },
    },
    ({ params }) => backtests.get(params.id),
  );
}

export function addBacktestRoutes(app: FastifyInstance, ports: Ports): void {
  addAskRoute(app, ports);
  addLookRoutes(app, ports);
  addRoute(
    app,
    {
      method: 'DELETE',
      path: '/backtests/:id',
      name: 'cancelBacktest',
      summary: 'Ends a backtest, or forgets one that is over',
      tag,
      access: 'staff',
      params: idInput,
      answer: { status: 204 },
    },
    ({ params, request, reply }) => {
      mustAnswerForSomething(request, ports);
      ports.backtests.cancel(params.id);
      return reply.code(204).send();
    },
  );
}
