import { z } from 'zod';
import type { AssetView, ReadingsView, SiteView, ZoneView } from '../../model/views/site.ts';
import { kindSchema, latestSchema, metricSchema, personSchema, timeSchema } from './common.ts';

export const siteSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  tz: z.string().describe('IANA time zone'),
  lat: z.number(),
  lon: z.number(),
  plan: z.strictObject({ width_m: z.number(), height_m: z.number() }),
}) satisfies z.ZodType<SiteView>;

export const zoneSchema = z.strictObject({
  id: z.string(),
  site: z.string(),
  name: z.string(),
  steward: personSchema,
  outline: z.array(z.tuple([z.number(), z.number()])).describe('Corners on the plan, metres'),
  open_tickets: z.int(),
}) satisfies z.ZodType<ZoneView>;

export const assetSchema = z.strictObject({
  id: z.string(),
  kind: kindSchema,
  site: z.string(),
  zone: z.string(),
  name: z.string(),
  x_m: z.number(),
  y_m: z.number(),
  circuit: z.string().nullable(),
  gateway: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.number(), z.string()])),
  status: z.enum(['fault', 'warning', 'silent', 'unknown', 'ok']),
  last_seen: timeSchema.nullable(),
  latest: z.record(z.string(), latestSchema),
  tickets: z.array(z.string()).describe('Ids of its open tickets'),
}) satisfies z.ZodType<AssetView>;

export const readingsSchema = z.strictObject({
  asset: z.string(),
  tz: z.string(),
  from: timeSchema,
  to: timeSchema,
  every_ms: z.number().nullable(),
  metrics: z.array(metricSchema),
  items: z.array(z.strictObject({ ts: timeSchema, values: z.record(z.string(), z.number()) })),
  next: z.string().nullable(),
}) satisfies z.ZodType<ReadingsView>;
