import { z } from 'zod';
import { WEEKDAYS } from '../model/lighting.ts';
import { isTimeZone } from '../model/local-time.ts';
import { ROLES, TRADES } from '../model/site.ts';
import { isSlug } from '../model/slug.ts';

const slug = z.string().refine(isSlug, 'a name is 1 to 64 of a-z, 0-9, _ and -');
const metres = z.number().min(-100_000).max(100_000);

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

const lighting = z.strictObject({
  offset_min: z.number().min(-120).max(120).default(0),
  before_sunrise_min: z.number().min(-120).max(120).optional(),
  level_pct: level.default(100),
  steps: z.array(lightingStep).default([]),
  nights: z.array(specialNights).default([]),
});

const zone = z.strictObject({
  id: slug,
  name: z.string().min(1),
  steward: slug,
  staff: z.partialRecord(z.enum(TRADES), slug).default({}),
  outline: z
    .array(z.tuple([metres, metres]))
    .min(3)
    .default([
      [0, 0],
      [100, 0],
      [100, 100],
    ]),
});

const person = z.strictObject({
  id: slug,
  name: z.string().min(1),
  role: z.enum(ROLES),
  email: z.email().optional(),
  phone: z.string().optional(),
});

/** One asset as written: the columns of the CSV, and whatever attributes its kind has beside them. */
export const assetRow = z.looseObject({
  id: slug,
  kind: z.string(),
  zone: slug,
  name: z.string().default(''),
  x_m: z.coerce.number().default(0),
  y_m: z.coerce.number().default(0),
  circuit: z.string().default(''),
  gateway: z.string().default(''),
});
export type AssetRow = z.output<typeof assetRow>;

/** `site.yaml`, strict: an unknown key is an error with its line. */
export const siteFileSchema = z.strictObject({
  site: z.strictObject({
    id: slug,
    name: z.string().min(1),
    tz: z.string().refine(isTimeZone, 'no time zone of the IANA database, such as Europe/London'),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    plan: z
      .strictObject({ width_m: z.number().positive(), height_m: z.number().positive() })
      .default({ width_m: 100, height_m: 100 }),
    lighting: lighting.prefault({}),
    schedules: z.record(slug, lighting).default({}),
  }),
  people: z.array(person),
  zones: z.array(zone),
  assets: z.array(assetRow).default([]),
  assets_csv: z.string().optional(),
});
export type SiteFile = z.output<typeof siteFileSchema>;
