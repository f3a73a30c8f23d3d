import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import type { DeviceView, FaultView, QuarantineView, ReadyView, RuleView } from '../../model/views/watch.ts';
import { kindSchema, timeSchema } from './common.ts';

export const ruleSchema = z.strictObject({
  rule: z.string(),
  kind: kindSchema,
  severity: z.enum(SEVERITIES),
  title: z.string(),
  when: z.string(),
  clear: z.string().nullable(),
  for_ms: z.number(),
  proof: z.string().nullable(),
  firing: z.int(),
}) satisfies z.ZodType<RuleView>;

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
}) satisfies z.ZodType<QuarantineView>;

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
