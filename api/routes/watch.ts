import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rfc3339 } from '../../model/clock.ts';
import { CODES, type Code, meaningOf } from '../../model/codes.ts';
import type { FaultView, QuarantineView, RuleView } from '../../model/views/watch.ts';
import type { Quarantined } from '../../store/quarantine/contract.ts';
import { cursorInput, decodeNumber, encodeCursor, limitInput, pageByKey, wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { faultSchema, quarantineSchema, ruleSchema } from '../schemas/watch.ts';
import { assetInput, isAt, placeInput, ruleInput } from './place-input.ts';

type Ports = Pick<ApiDeps, 'faults' | 'rules' | 'quarantine'>;

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

function quarantineView(item: Quarantined): QuarantineView {
  return {
    id: item.id,
    message: item.message,
    received: rfc3339(item.received),
    topic: item.topic,
    client: item.client,
    code: item.code,
    meaning: meaningOf(item.code),
    detail: item.detail,
    payload: new TextDecoder().decode(item.payload),
    size: item.size,
  };
}

function addQuarantineRoute(app: FastifyInstance, { quarantine }: Ports): void {
  const rejectCodes = CODES.filter((code): code is Code =>
    /^(topic|payload|value|time)_|^(asset|metric)_unknown$|^series_rejected$/.test(code),
  );
  addRoute(
    app,
    {
      method: 'GET',
      path: '/quarantine',
      name: 'listQuarantine',
      summary: 'Messages that were not accepted and why, newest first',
      tag: 'watch',
      access: 'signed_in',
      query: z.strictObject({
        code: z.enum(rejectCodes).optional(),
        limit: limitInput(100, 1_000),
        cursor: cursorInput(),
      }),
      answer: { status: 200, schema: listOf(quarantineSchema) },
    },
    ({ query }) => {
      const before = query.cursor === undefined ? undefined : decodeNumber(query.cursor);
      const found = quarantine.list({ limit: query.limit + 1, before, code: query.code });
      const items = found.slice(0, query.limit);
      const last = items[items.length - 1];
      return {
        items: items.map(quarantineView),
        next: found.length > items.length && last ? encodeCursor(String(last.id)) : null,
      };
    },
  );
}

export function addWatchRoutes(app: FastifyInstance, ports: Ports): void {
  addRuleRoute(app, ports);
  addFaultRoute(app, ports);
  addQuarantineRoute(app, ports);
}
