import { z } from 'zod';
import type { Kind } from './kinds.ts';
import { hourlyStartsLimit, VIBRATION_CLASSES, vibrationLimits } from './machine-limits.ts';

export const BAY_CLASSES = ['general', 'reserved', 'accessible', 'charging', 'fire_lane'] as const;
export const PUMP_DUTIES = ['drainage', 'booster', 'fire'] as const;

const day = z.string().regex(/^(\d{4}-\d\d-\d\d)?$/, 'a day is written YYYY-MM-DD');

/**
 * What is known of every asset besides its place. A threshold that a rule needs is an attribute here, with the
 * default of the trade, so that one pump or bay can differ without another rule.
 */
const common = {
  model: z.string().max(80).default(''),
  /** Day of installation, `YYYY-MM-DD`; empty when nobody knows. */
  installed: day.default(''),
  /** How often the device promises to be heard, in seconds; 0 when it promises nothing. */
  heartbeat_s: z.coerce.number().min(0).max(86_400).default(0),
};

/** The lighting schedule of the site file that it follows; empty = its circuit's, or the site's. */
const schedule = z.string().default('');

const SCHEMAS = {
  bay: z.strictObject({
    ...common,
    bay_class: z.enum(BAY_CLASSES).default('general'),
    /** Longest stay allowed, in minutes; 0 = no limit. */
    limit_minutes: z.coerce.number().min(0).default(0),
    /** What a stay may run over its limit before anybody is told. */
    grace_minutes: z.coerce.number().min(0).default(10),
    /** p99.9 of the dwell of this bay's class, in hours: a longer one is a stuck sensor, not a car. [P] */
    dwell_p999_h: z.coerce.number().positive().default(72),
  }),
  luminaire: z.strictObject({
    ...common,
    schedule,
    rated_w: z.coerce.number().positive().default(60),
    /** Off→on so often within an hour is cycling: a lamp at its end or a loose joint. uCIFI 3416/11, 18; number [P] */
    cycling_starts: z.coerce.number().positive().default(3),
    /** How far power may be from what the reported level should draw. [P] */
    wrong_level_pct: z.coerce.number().positive().default(25),
    /** A driver's 0.9 at full output less 0.15 [P]; judged from this level up, as drivers correct less when dimmed. */
    power_factor_low: z.coerce.number().positive().max(1).default(0.75),
    power_factor_from_pct: z.coerce.number().min(0).max(100).default(50),
    /** Burning hours to the rated share of its first light, L80 or L70 (IES TM-21); 50,000 is common for LED. [P] */
    lumen_life_h: z.coerce.number().positive().default(50_000),
  }),
  pump: z
    .strictObject({
      ...common,
      duty: z.enum(PUMP_DUTIES).default('drainage'),
      rated_w: z.coerce.number().positive().default(4000),
      poles: z.coerce
        .number()
        .pipe(z.union([z.literal(2), z.literal(4), z.literal(6)]))
        .default(4),
      /** Running below this power is running dry; half load, where current stays flat (Grundfos CU 301). */
      dry_run_w: z.coerce.number().min(0).default(1600),
      /** Zone limits B/C and C/D; by default those of `vibration_class` and `rated_w`. */
      vibration_class: z.enum(VIBRATION_CLASSES).default('iso10816_7_1'),
      vibration_warn_mm_s: z.coerce.number().positive().optional(),
      vibration_critical_mm_s: z.coerce.number().positive().optional(),
      /** Suction pressure below which a pump that also loses flow and shakes cavitates. [P] */
      suction_low_kpa: z.coerce.number().min(-101.3).default(-20),
      /** Loss of efficiency against its own past that is worth a look. [P] */
      efficiency_loss_pct: z.coerce.number().positive().max(100).default(15),
      /** Bearing housing: alarm and trip of KSB's manuals; others differ (GIW 93 and 115). */
      bearing_warn_c: z.coerce.number().positive().default(80),
      bearing_critical_c: z.coerce.number().positive().default(90),
      /** Most starts within an hour (by default NEMA MG 10) and within a day (0 = not limited). */
      starts_hourly_max: z.coerce.number().positive().optional(),
      starts_daily_max: z.coerce.number().min(0).default(0),
      /** Longest run that is usual for this pump, such as p99 of its history [P]; 0 = not known. */
      run_longest_h: z.coerce.number().min(0).default(0),
      /** Run hours between services, and the counter's value at the last one. */
      service_every_h: z.coerce.number().positive().default(2000),
      serviced_at_run_h: z.coerce.number().min(0).default(0),
      /** The same by starts and by days since the day `serviced`; 0 = not by these. */
      service_every_starts: z.coerce.number().min(0).default(0),
      serviced_at_starts: z.coerce.number().min(0).default(0),
      service_every_d: z.coerce.number().min(0).default(0),
      serviced: day.default(''),
    })
    .transform((pump) => {
      const [warn, critical] = vibrationLimits(pump.vibration_class, pump.rated_w);
      return {
        ...pump,
        vibration_warn_mm_s: pump.vibration_warn_mm_s ?? warn,
        vibration_critical_mm_s: pump.vibration_critical_mm_s ?? critical,
        starts_hourly_max: pump.starts_hourly_max ?? hourlyStartsLimit(pump.rated_w, pump.poles),
      };
    }),
  circuit: z.strictObject({ ...common, schedule }),
  gateway: z.strictObject({ ...common }),
  meter: z.strictObject({ ...common }),
  sign: z.strictObject({ ...common, shows_zone: z.string().default('') }),
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
