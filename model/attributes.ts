import { z } from 'zod';
import type { Kind } from './kinds.ts';
import { hourlyStartsLimit, VIBRATION_CLASSES, vibrationLimits } from './machine-limits.ts';

export const BAY_CLASSES = ['general', 'reserved', 'accessible', 'charging', 'fire_lane'] as const;
export const PUMP_DUTIES = ['drainage', 'booster', 'fire'] as const;

const day = z.string().regex(/^(\d{4}-\d\d-\d\d)?$/, 'a day is written YYYY-MM-DD');
const positive = z.coerce.number().positive();
const notNegative = z.coerce.number().min(0);

/**
 * What is known of every asset besides its place. A threshold that a rule needs is an attribute here, with the
 * default of the trade, so that one pump or bay can differ without another rule. [P] marks one that is ours to tune.
 */
const common = {
  model: z.string().max(80).default('').describe('maker and type'),
  installed: day.default('').describe('day of installation, YYYY-MM-DD; empty when nobody knows'),
  heartbeat_s: notNegative
    .max(86_400)
    .default(0)
    .describe('how often the device promises to be heard; 0 when it promises nothing'),
};

const schedule = z
  .string()
  .default('')
  .describe("lighting schedule of the site file that it follows; empty = its circuit's, or the site's");

const bay = z.strictObject({
  ...common,
  bay_class: z.enum(BAY_CLASSES).default('general').describe('who may stand here'),
  limit_minutes: notNegative.default(0).describe('longest stay allowed; 0 = no limit'),
  grace_minutes: notNegative
    .default(10)
    .describe('what a stay may run over its limit before anybody is told'),
  dwell_p999_h: positive
    .default(72)
    .describe("p99.9 of the dwell of this bay's class: a longer one is a stuck sensor, not a car [P]"),
});

const luminaire = z.strictObject({
  ...common,
  schedule,
  rated_w: positive.default(60).describe('power at full output'),
  cycling_starts: positive
    .default(3)
    .describe(
      'off→on so often within an hour is cycling: a lamp at its end or a loose joint; uCIFI 3416/11, 18 [P]',
    ),
  wrong_level_pct: positive
    .default(25)
    .describe('how far power may be from what the reported level should draw [P]'),
  power_factor_low: positive
    .max(1)
    .default(0.75)
    .describe("least power factor: a driver's 0.9 at full output less 0.15 [P]"),
  power_factor_from_pct: notNegative
    .max(100)
    .default(50)
    .describe('level from which the power factor is judged: drivers correct less when dimmed'),
  lumen_life_h: positive
    .default(50_000)
    .describe('burning hours to the rated share of its first light, L80 or L70 (IES TM-21) [P]'),
});

const pump = z
  .strictObject({
    ...common,
    duty: z.enum(PUMP_DUTIES).default('drainage').describe('what it is for'),
    rated_w: positive.default(4000).describe('rated power of the motor'),
    poles: z.coerce
      .number()
      .pipe(z.union([z.literal(2), z.literal(4), z.literal(6)]))
      .default(4)
      .describe('poles of the motor: 2, 4 or 6'),
    dry_run_w: notNegative
      .default(1600)
      .describe(
        'running below this power is running dry; half load, where current stays flat (Grundfos CU 301)',
      ),
    vibration_class: z
      .enum(VIBRATION_CLASSES)
      .default('iso10816_7_1')
      .describe('standard and class of its zone limits, or `own`: judged by its own baseline'),
    vibration_warn_mm_s: positive
      .optional()
      .describe('zone limit B/C, RMS; by default that of `vibration_class` and `rated_w`'),
    vibration_critical_mm_s: positive
      .optional()
      .describe('zone limit C/D, RMS; by default that of `vibration_class` and `rated_w`'),
    suction_low_kpa: z.coerce
      .number()
      .min(-101.3)
      .default(-20)
      .describe('suction pressure below which a pump that also loses flow and shakes cavitates [P]'),
    efficiency_loss_pct: positive
      .max(100)
      .default(15)
      .describe('loss of efficiency against its own past that is worth a look [P]'),
    bearing_warn_c: positive
      .default(80)
      .describe("bearing housing, alarm: KSB's manuals; others differ (GIW 93)"),
    bearing_critical_c: positive
      .default(90)
      .describe("bearing housing, trip: KSB's manuals; others differ (GIW 115)"),
    starts_hourly_max: positive
      .optional()
      .describe('most starts within an hour; by default NEMA MG 10 for `rated_w` and `poles`'),
    starts_daily_max: notNegative
      .default(0)
      .describe('most starts within a day; 0 = not limited (Franklin: 100 for 5.5 to 22 kW)'),
    run_longest_h: notNegative
      .default(0)
      .describe('longest run that is usual for this pump, such as p99 of its history [P]; 0 = not known'),
    service_every_h: positive.default(2000).describe('run hours between services'),
    serviced_at_run_h: notNegative.default(0).describe('run hours at the last service'),
    service_every_starts: notNegative.default(0).describe('starts between services; 0 = not by starts'),
    serviced_at_starts: notNegative.default(0).describe('starts at the last service'),
    service_every_d: notNegative.default(0).describe('days between services; 0 = not by days'),
    serviced: day.default('').describe('day of the last service, YYYY-MM-DD; its baselines begin anew then'),
  })
  .transform((own) => {
    const [warn, critical] = vibrationLimits(own.vibration_class, own.rated_w);
    return {
      ...own,
      vibration_warn_mm_s: own.vibration_warn_mm_s ?? warn,
      vibration_critical_mm_s: own.vibration_critical_mm_s ?? critical,
      starts_hourly_max: own.starts_hourly_max ?? hourlyStartsLimit(own.rated_w, own.poles),
    };
  });

const SCHEMAS = {
  bay,
  luminaire,
  pump,
  circuit: z.strictObject({ ...common, schedule }),
  gateway: z.strictObject({ ...common }),
  meter: z.strictObject({
    ...common,
    inside_at_zero: notNegative
      .default(0)
      .describe('vehicles in its zone when its counters of entries and exits stood at zero'),
  }),
  sign: z.strictObject({
    ...common,
    shows_zone: z.string().default('').describe('zone whose free spaces it shows'),
  }),
} satisfies Record<Kind, z.ZodType>;

/** Attribute values by name; rules read them as fields of the asset. */
export type Attributes = Readonly<Record<string, number | string>>;

/** The strict schema of a kind's attributes: unknown names are errors, absent ones get the trade's default. */
export function attributeSchema(kind: Kind): z.ZodType<Attributes> {
  return SCHEMAS[kind];
}

/** Names and types of a kind's attributes, in order: what a rule's expression may name. */
export function attributeTypes(kind: Kind): ReadonlyMap<string, 'number' | 'string'> {
  const defaults = SCHEMAS[kind].parse({}) as Attributes;
  return new Map(
    Object.entries(defaults).map(([name, value]) => [name, typeof value === 'number' ? 'number' : 'string']),
  );
}
