import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { rfc3339 } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { RuleExplanation } from '../../model/explanation.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { WhyView } from '../../model/views/why.ts';
import { wholeList } from '../paging.ts';
import type { ApiDeps } from '../ports.ts';
import { addRoute } from '../route.ts';
import { listOf } from '../schemas/common.ts';
import { whySchema } from '../schemas/why.ts';
import { findAsset } from './assets.ts';

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

function whyView(asset: string, explanation: RuleExplanation): WhyView {
  const { at, since, due, values, ...rest } = explanation;
  return {
    asset,
    ...rest,
    at: rfc3339(at),
    since: timeOrNull(since),
    due: timeOrNull(due),
    values: values.map((value) => ({ ...value, measured: timeOrNull(value.measured) })),
  };
}

export function addWhyRoute(
  app: FastifyInstance,
  { directory, explain }: Pick<ApiDeps, 'directory' | 'explain'>,
): void {
  addRoute(
    app,
    {
      method: 'GET',
      path: '/assets/:id/why',
      name: 'whyAsset',
      summary: 'Why each rule fires for an asset now, or why it does not',
      tag: 'watch',
      access: 'signed_in',
      params: z.strictObject({ id: z.string() }),
      query: z.strictObject({ rule: z.string().optional() }),
      answer: { status: 200, schema: listOf(whySchema) },
    },
    ({ params, query }) => {
      const { id, kind } = findAsset(directory, params.id);
      const all = explain(id);
      const asked = query.rule === undefined ? all : all.filter(({ rule }) => rule === query.rule);
      if (query.rule !== undefined && asked.length === 0) {
        const names = all.map(({ rule }) => rule);
        throw new StewardError(
          'not_found',
          `No rule "${query.rule}" watches a ${kind}${didYouMean(query.rule, names)}.`,
        );
      }
      return wholeList(asked.map((explanation) => whyView(id, explanation)));
    },
  );
}
