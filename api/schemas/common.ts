import { z } from 'zod';
import { KINDS } from '../../model/kinds.ts';
import type { LatestView, MetricView, PersonView } from '../../model/views/site.ts';

export const timeSchema = z.iso.datetime().describe('RFC 3339 in UTC');
export const kindSchema = z.enum(KINDS);

export const listOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

export const personSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
}) satisfies z.ZodType<PersonView>;

export const metricSchema = z.strictObject({
  name: z.string(),
  unit: z.string(),
  meaning: z.string(),
}) satisfies z.ZodType<MetricView>;

export const latestSchema = z.strictObject({
  value: z.number(),
  ts: timeSchema,
}) satisfies z.ZodType<LatestView>;
