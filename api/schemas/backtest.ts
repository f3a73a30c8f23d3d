import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import {
  BACKTEST_STATES,
  type BacktestReportView,
  type BacktestView,
  type JudgedTicketView,
  type RaisedTicketView,
  VERDICTS,
} from '../../model/views/backtest.ts';
import { kindSchema, timeSchema } from './common.ts';

const verdictSchema = z.enum(VERDICTS);
const countsSchema = z.record(z.string(), z.int());

const raisedSchema = z.strictObject({
  rule: z.string(),
  asset: z.string(),
  kind: kindSchema,
  site: z.string(),
  zone: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  from: timeSchema,
  to: timeSchema.nullable(),
  returned: z.int(),
  members: z.array(z.string()),
}) satisfies z.ZodType<RaisedTicketView>;

const judgedSchema = raisedSchema.extend({
  ticket: z.string().nullable(),
  verdict: verdictSchema,
}) satisfies z.ZodType<JudgedTicketView>;

const judgement = {
  verdicts: z.record(verdictSchema, z.int()),
  precision: z.number().nullable(),
};

const reportSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  rules: z.array(z.string()),
  tickets: z.array(judgedSchema),
  standing: z.array(raisedSchema),
  per_week: countsSchema,
  per_asset: countsSchema,
  against: z
    .strictObject({
      tickets: z.int(),
      per_week: countsSchema,
      ...judgement,
      new: z.array(judgedSchema),
      gone: z.array(judgedSchema),
    })
    .nullable(),
  ...judgement,
  missed: z.array(
    z.strictObject({ ticket: z.string(), rule: z.string(), asset: z.string(), verdict: verdictSchema }),
  ),
  readings: z.int(),
  samples: z.int(),
  first: timeSchema.nullable(),
  engine_ms: z.number(),
  elapsed_ms: z.number(),
}) satisfies z.ZodType<BacktestReportView>;

export const backtestSchema = z.strictObject({
  id: z.string(),
  state: z.enum(BACKTEST_STATES),
  asked_at: timeSchema,
  by: z.string(),
  rules: z.array(z.string()),
  from: timeSchema,
  to: timeSchema,
  ahead: z.int(),
  share: z.number(),
  readings: z.int(),
  eta_s: z.number().nullable(),
  problem: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  report: reportSchema.nullable(),
}) satisfies z.ZodType<BacktestView>;
