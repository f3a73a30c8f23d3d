import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import type {
  DeviceView,
  FaultView,
  QuarantineCountsView,
  QuarantineView,
  ReadyView,
  ReplayView,
  RuleDetailView,
  RuleView,
} from '../../model/views/watch.ts';
import { kindSchema, timeSchema } from './common.ts';

export const ruleSchema = z.strictObject({
  rule: z.string(),
  kind: kindSchema,
  kinds: z.array(kindSchema),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  when: z.string(),
  clear: z.string().nullable(),
  where: z.array(z.string()),
  for_ms: z.number(),
  proof: z.string().nullable(),
  firing: z.int(),
}) satisfies z.ZodType<RuleView>;

export const ruleDetailSchema = ruleSchema.extend({
  file: z.string(),
  yaml: z.string(),
  guide: z.string().nullable(),
}) satisfies z.ZodType<RuleDetailView>;

export const faultSchema = z.strictObject({
  rule: z.string(),
  asset: z.string(),
  kind: kindSchema,
  site: z.string(),
  zone: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  since: timeSchema,
  members: z.array(z.string()),
}) satisfies z.ZodType<FaultView>;

export const quarantineSchema = z.strictObject({
  id: z.int(),
  message: z.string(),
  received: timeSchema,
  topic: z.string(),
  client: z.string(),
  code: z.string(),
  meaning: z.string(),
  detail: z.string(),
  payload: z.string(),
  size: z.int(),
  whole: z.boolean(),
}) satisfies z.ZodType<QuarantineView>;

export const quarantineCountsSchema = z.strictObject({
  kept: z.int(),
  bytes: z.int(),
  total: z.int(),
  by_code: z.array(z.strictObject({ code: z.string(), kept: z.int() })),
}) satisfies z.ZodType<QuarantineCountsView>;

export const replaySchema = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.int(),
      outcome: z.enum(['accepted', 'rejected', 'impossible', 'gone']),
      code: z.string().nullable(),
      detail: z.string(),
    }),
  ),
  left: z.int(),
}) satisfies z.ZodType<ReplayView>;

export const deviceSchema = z.strictObject({
  id: z.string(),
  asset: z.string(),
  bound_from: timeSchema,
  connected: z.boolean(),
  last_seen: timeSchema.nullable(),
}) satisfies z.ZodType<DeviceView>;

export const readySchema = z.strictObject({
  ok: z.boolean(),
  parts: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.string() })),
}) satisfies z.ZodType<ReadyView>;
