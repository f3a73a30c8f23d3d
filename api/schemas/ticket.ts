import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import { TRADES } from '../../model/site.ts';
import { TICKET_ACTIONS, TICKET_STATES } from '../../model/ticket.ts';
import type { TicketDetailView, TicketView } from '../../model/views/ticket.ts';
import { kindSchema, metricSchema, personSchema, timeSchema } from './common.ts';

const ticketShape = {
  id: z.string(),
  rule: z.string(),
  site: z.string(),
  zone: z.string(),
  asset: z.string(),
  asset_name: z.string(),
  kind: kindSchema,
  severity: z.enum(SEVERITIES),
  title: z.string(),
  trade: z.enum(TRADES),
  state: z.enum(TICKET_STATES),
  assignee: personSchema.nullable(),
  opened_at: timeSchema,
  respond_by: timeSchema,
  resolve_by: timeSchema,
  acknowledged_at: timeSchema.nullable(),
  closed_at: timeSchema.nullable(),
  updated_at: timeSchema,
  reopened: z.int(),
  fault_active: z.boolean(),
  members: z.array(z.string()),
  overdue: z.boolean(),
};

export const ticketSchema = z.strictObject(ticketShape) satisfies z.ZodType<TicketView>;

const evidenceSchema = z.strictObject({
  expression: z.string(),
  text: z.string(),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  metrics: z.array(metricSchema),
  from: timeSchema,
  to: timeSchema,
});

const eventSchema = z.strictObject({
  type: z.enum([
    'opened',
    'assigned',
    'acknowledged',
    'started',
    'held',
    'finished',
    'fault_cleared',
    'fault_returned',
    'members_changed',
    'proved',
    'reopened',
    'cancelled',
    'noted',
  ]),
  at: timeSchema,
  who: personSchema,
  note: z.string(),
  state: z.enum(TICKET_STATES),
});

export const ticketDetailSchema = z.strictObject({
  ...ticketShape,
  zone_name: z.string(),
  site_name: z.string(),
  tz: z.string(),
  evidence: evidenceSchema.nullable(),
  proof: z.string().nullable(),
  resolution: z.string().nullable(),
  history: z.array(eventSchema),
  actions: z.array(z.enum(TICKET_ACTIONS)),
}) satisfies z.ZodType<TicketDetailView>;
