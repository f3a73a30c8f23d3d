import { z } from 'zod';
import { ROLES } from '../../model/site.ts';
import type { NoticeView, ParkingView } from '../../model/views/parking.ts';
import type { SessionView } from '../../model/views/session.ts';
import { timeSchema } from './common.ts';

export const parkingSchema = z.strictObject({
  at: timeSchema,
  items: z.array(
    z.strictObject({
      zone: z.string(),
      zone_name: z.string(),
      site: z.string(),
      site_name: z.string(),
      tz: z.string(),
      classes: z.array(
        z.strictObject({ bay_class: z.string(), total: z.int(), free: z.int(), unknown: z.int() }),
      ),
      oldest_s: z.number().nullable(),
      newest_s: z.number().nullable(),
    }),
  ),
  next: z.null(),
}) satisfies z.ZodType<ParkingView>;

export const noticeSchema = z.strictObject({
  site_name: z.string(),
  zone_name: z.string(),
  what: z.string(),
  kind: z.string(),
  since: timeSchema,
  expected_by: timeSchema,
}) satisfies z.ZodType<NoticeView>;

export const sessionSchema = z.strictObject({
  user: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
}) satisfies z.ZodType<SessionView>;
