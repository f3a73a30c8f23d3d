import { z } from 'zod';
import type { RoundView } from '../../model/views/round.ts';
import { personSchema, timeSchema } from './common.ts';

const lampShape = {
  asset: z.string(),
  name: z.string(),
  x_m: z.number(),
  y_m: z.number(),
  tickets: z.array(z.string()),
};

export const roundSchema = z.strictObject({
  at: timeSchema,
  items: z.array(
    z.strictObject({
      zone: z.string(),
      zone_name: z.string(),
      site: z.string(),
      site_name: z.string(),
      tz: z.string(),
      supervisor: personSchema,
      lights_due: z.boolean(),
      lamps: z.int(),
      lit: z.int(),
      waiting: z.int(),
      dark: z.array(z.strictObject(lampShape)),
      cannot_vouch: z.array(
        z.strictObject({
          ...lampShape,
          reason: z.enum(['never_heard', 'silent', 'unmetered', 'disputed']),
        }),
      ),
    }),
  ),
  next: z.null(),
}) satisfies z.ZodType<RoundView>;
