import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rfc3339 } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { FaultView, RuleDetailView, RuleView } from '../../model/views/watch.ts';
import { cursorInput, limitInput, pageByKey, wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { faultSchema, ruleDetailSchema, ruleSchema } from '../schemas/watch.ts';
import { assetInput, isAt, placeInput, ruleInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'faults' | 'rules' | 'ruleWriting'>;

function addRuleRoute(app: FastifyInstance, { faults, rules }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/rules',
      name: 'listRules',
      summary: 'Rules in force and how often each fires now',
      tag: 'watch',
      access: 'signed_in',
      answer: { status: 200, schema: listOf(ruleSchema) },
    },
    () => {
      const firing = new Map<string, number>();
      for (const { rule } of faults()) firing.set(rule, (firing.get(rule) ?? 0) + 1);
      return wholeList<RuleView>(rules().map((rule) => ({ ...rule, firing: firing.get(rule.rule) ?? 0 })));
    },
  );
}

function addRuleDetailRoute(app: FastifyInstance, { faults, rules, ruleWriting }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/rules/:rule',
      name: 'getRule',
      summary: 'A rule in force: as it is written, and what a mechanic should know about its faults',
      tag: 'watch',
      access: 'signed_in',
      params: z.strictObject({ rule: z.string() }),
      answer: { status: 200, schema: ruleDetailSchema },
    },
    ({ params }): RuleDetailView => {
      const rule = rules().find((each) => each.rule === params.rule);
      const writing = ruleWriting(params.rule);
      if (!rule || !writing) throw new StewardError('not_found', `There is no rule ${params.rule} in force.`);
      const firing = faults().filter((fault) => fault.rule === params.rule).length;
      return { ...rule, firing, ...writing };
    },
  );
}

function addFaultRoute(app: FastifyInstance, { faults }: Ports): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/faults',
      name: 'listFaults',
      summary: 'Faults that fire now, by rule and asset; past ones are in the series `fault`',
      tag: 'watch',
      access: 'signed_in',
      query: z.strictObject({
        active: z.enum(['true']).describe('The only faults that are listed').optional(),
        ...placeInput,
        rule: ruleInput,
        asset: assetInput,
        limit: limitInput(1_000, 5_000),
        cursor: cursorInput(),
      }),
      answer: { status: 200, schema: listOf(faultSchema) },
    },
    ({ query }) => {
      const fits = faults().filter(
        (fault) =>
          isAt(fault, query) &&
          (query.rule === undefined || fault.rule === query.rule) &&
          (query.asset === undefined || fault.asset === query.asset || fault.members.includes(query.asset)),
      );
      const { items, next } = pageByKey(fits, (fault) => fault.key, query);
      return {
        items: items.map(
          ({ rule, asset, kind, site, zone, severity, title, since, members }): FaultView => ({
            rule,
            asset,
            kind,
            site,
            zone,
            severity,
            title,
            since: rfc3339(since),
            members,
          }),
        ),
        next,
      };
    },
  );
}

export function addWatchRoutes(app: FastifyInstance, ports: Ports): void {
  addRuleRoute(app, ports);
  addRuleDetailRoute(app, ports);
  addFaultRoute(app, ports);
}
