import { z } from 'zod';
import { lightingSchema } from '../model/lighting-schema.ts';
import { isTimeZone } from '../model/local-time.ts';
import { ROLES, TRADES } from '../model/site.ts';
import { isSlug } from '../model/slug.ts';

const slug = z.string().refine(isSlug, 'a name is 1 to 64 of a-z, 0-9, _ and -');
const metres = z.number().min(-100_000).max(100_000);

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
    lighting: lightingSchema.prefault({}),
    schedules: z.record(slug, lightingSchema).default({}),
  }),
  people: z.array(person),
  zones: z.array(zone),
  assets: z.array(assetRow).default([]),
  assets_csv: z.string().optional(),
});
export type SiteFile = z.output<typeof siteFileSchema>;
