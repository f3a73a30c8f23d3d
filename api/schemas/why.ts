import { z } from 'zod';
import { PHASES } from '../../model/explanation.ts';
import { SEVERITIES } from '../../model/fault.ts';
import type { WhyView } from '../../model/views/why.ts';
import { timeSchema } from './common.ts';

const conditionSchema = z.strictObject({
  parts: z.array(z.strictObject({ text: z.string(), depth: z.int(), truth: z.boolean().nullable() })),
  because: z.array(z.string()),
});

export const whySchema = z.strictObject({
  rule: z.string(),
  asset: z.string(),
  severity: z.enum(SEVERITIES),
  at: timeSchema,
  phase: z.enum(PHASES),
  since: timeSchema.nullable(),
  due: timeSchema.nullable(),
  text: z.string(),
  when: conditionSchema,
  clear: conditionSchema,
  values: z.array(
    z.strictObject({
      name: z.string(),
      value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
      measured: timeSchema.nullable(),
    }),
  ),
  settings: z.array(z.strictObject({ name: z.string(), value: z.number(), from: z.string() })),
  held_by: z.array(z.string()),
}) satisfies z.ZodType<WhyView>;
