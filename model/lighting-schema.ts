import { z } from 'zod';
import { WEEKDAYS } from './lighting.ts';

const lightingStep = z.strictObject({
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written HH:MM'),
  level_pct: z.number().min(0).max(100),
});

const level = z.number().min(0).max(100);
const specialNights = z.strictObject({
  on: z
    .array(
      z
        .string()
        .regex(
          new RegExp(`^(${WEEKDAYS.join('|')}|(\\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))$`),
          'nights are named by the day on which they begin: fri, 2026-12-24 or 12-24',
        ),
    )
    .min(1),
  level_pct: level.default(100),
  steps: z.array(lightingStep).default([]),
});

/** A lighting schedule as it is written in a site file; see `Lighting`. */
export const lightingSchema = z.strictObject({
  photocell: z.boolean().optional(),
  offset_min: z.number().min(-120).max(120).default(0),
  before_sunrise_min: z.number().min(-120).max(120).optional(),
  level_pct: level.default(100),
  steps: z.array(lightingStep).default([]),
  nights: z.array(specialNights).default([]),
});
