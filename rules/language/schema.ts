import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import { KINDS } from '../../model/kinds.ts';
import { lightingSchema } from '../../model/lighting-schema.ts';
import { TRADES } from '../../model/site.ts';
import { FLAPPING_MOST } from './rule.ts';

const duration = z.string().regex(/^(\d+(ms|[smhd]))+$/, 'a duration is written like 90s, 10m, 1h30m or 7d');
const name = z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'a rule is named like LampOut');
const expression = z.string().min(1);
const unknown = z.enum(['hold', 'clear', 'fire']);

const number = z.number();
const parameter = z
  .union([
    number.transform((value) => ({ default: value })),
    z.strictObject({
      default: number,
      min: number.optional(),
      max: number.optional(),
      meaning: z.string().optional(),
    }),
  ])
  .transform(
    (p: {
      default: number;
      min?: number | undefined;
      max?: number | undefined;
      meaning?: string | undefined;
    }) => ({
      default: p.default,
      min: p.min ?? Number.NEGATIVE_INFINITY,
      max: p.max ?? Number.POSITIVE_INFINITY,
      meaning: p.meaning ?? '',
    }),
  )
  .refine(({ default: value, min, max }) => value >= min && value <= max, 'the default is out of its bounds');
const parameters = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/, 'a parameter is named like dark_pct'),
  parameter,
);

const override = z.strictObject({
  model: z.string().min(1).optional(),
  site: z.string().optional(),
  zone: z.string().optional(),
  asset: z.string().optional(),
  set: z.record(z.string(), number),
});

const lateness = duration
  .optional()
  .describe('how long the rule waits for late samples; what comes later is stored but not judged; `0s`');
const clockSkew = duration.optional().describe('a sample further ahead of its arrival is not judged; `5m`');
const unknownKey = unknown
  .optional()
  .describe(
    'what an unknown condition does: `hold` (things stay; the time in `for` stands still), `clear`, `fire`; `hold`',
  );

const flapping = z
  .strictObject({
    times: z.number().int().min(2).max(FLAPPING_MOST).describe('ends of the fault that are once too often'),
    within: duration.describe('the time in which they count; `0s` = it never flaps'),
  })
  .optional()
  .describe(
    'a fault that comes and goes is one that flaps: it goes on until it was well for so long; by default 4 times in `1h` [P]',
  );

const defaults = z
  .strictObject({ lateness, clock_skew: clockSkew, unknown: unknownKey, flapping })
  .describe('keys for all rules of the group that do not say otherwise');

const proof = z
  .strictObject({
    text: z.string().min(1).describe('what must be seen, in words'),
    healthy: expression.optional().describe('the condition that must hold'),
    over: z
      .string()
      .min(1)
      .optional()
      .describe('how long: a duration without a break, or a whole `night`, `day` or `cycle`'),
    tolerance: duration.default('0s').describe('how long health may be missing within a night or day'),
  })
  .describe('what proves the repair; without it a person looks');

const rollup = z
  .strictObject({
    by: z.enum(['circuit', 'gateway']).describe('what the assets share'),
    min: z.number().int().min(2).describe('so many of them must fire'),
    share: z.number().min(0).max(1).default(0).describe('and so large a share of them'),
    as: name.describe('the rule of what they share'),
  })
  .describe('when many that share a circuit or a gateway fire, one fault of that');

const ticket = z.strictObject({
  title: z
    .string()
    .min(1)
    .describe('may name `{asset.id}`, `{asset.name}`, `{zone.name}`, `{site.name}`, `{members}`'),
  rollup: rollup.optional(),
  inhibited_by: z
    .array(z.union([name, z.strictObject({ rule: name, of: z.literal('asset') })]))
    .default([])
    .describe(
      'rules that, while they fire for this asset, its circuit or its gateway, hold this one back; `{ rule: DeviceSilent, of: asset }`: for this asset alone',
    ),
  wait: duration.default('0s').describe('how long to wait before a ticket, so that a group can speak'),
  proof: proof.optional(),
});

const urgent = z
  .strictObject({
    when: expression.describe('the quicker condition'),
    for: duration.default('0s').describe('how long it must hold'),
    severity: z.enum(SEVERITIES).describe('what it raises the severity to'),
  })
  .describe('a quicker way to fire, or to raise the severity of a fault that is open');

const rule = z.strictObject({
  rule: name.describe('name, unique in all files'),
  on: z.union([z.enum(KINDS), z.array(z.enum(KINDS)).min(1)]).describe('kind of asset, or a list of kinds'),
  let: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'a name is written like count_difference'), expression)
    .default({})
    .describe('names for parts of its expressions; each may use those before it'),
  when: expression
    .optional()
    .describe('the condition that starts the fault; only a rule that others roll up into may leave it out'),
  clear: expression
    .optional()
    .describe('the condition that ends it, by default the opposite of `when`; where both are true, it wins'),
  for: duration.default('0s').describe('how long `when` must hold before the rule fires'),
  keep_firing_for: duration.default('0s').describe('how long `clear` must hold before the fault ends'),
  flapping,
  cumulative: z
    .boolean()
    .default(false)
    .describe('the time in `for` adds up over interruptions, until `clear` is true'),
  until_clear: z
    .boolean()
    .default(false)
    .describe(
      'the time in `for`, once begun, goes on until `clear` is true: for what trembles about its limit',
    ),
  urgent: urgent.optional(),
  severity: z.enum(SEVERITIES).default('minor').describe('how bad it is'),
  trade: z.enum(TRADES).optional().describe('who is called; by default the trade of the kind'),
  lateness,
  clock_skew: clockSkew,
  stale: duration
    .optional()
    .describe('how long a value counts; by default three and a half heartbeats, or twice its usual spacing'),
  unknown: unknownKey,
  parameters: parameters.default({}).describe('numbers that its expressions may name'),
  evidence: z
    .array(z.string())
    .default([])
    .describe("metrics of the ticket's chart; by default those of `when`"),
  words: z.string().optional().describe('the reason, with expressions in braces; by default the values'),
  ticket: ticket.describe('what becomes of a fault'),
});

const test = z.strictObject({
  name: z.string().optional(),
  site: z
    .strictObject({
      lat: z.number().min(-90).max(90),
      lon: z.number().min(-180).max(180),
      tz: z.string(),
      lighting: lightingSchema.extend({ offset_min: lightingSchema.shape.offset_min.default(30) }).optional(),
    })
    .default({ lat: 51.5, lon: -0.1, tz: 'Europe/London' }),
  start: z.string(),
  assets: z.array(z.looseObject({ id: z.string(), kind: z.enum(KINDS) })).min(1),
  series: z
    .array(
      z.strictObject({
        of: z.string(),
        every: duration,
        from: duration.default('0s'),
        values: z.union([z.string(), z.number()]).transform(String),
      }),
    )
    .min(1),
  /** When the test ends; without it, with the last sample or expectation. */
  until: duration.optional(),
  variants: z.array(z.string()).default([]),
  expect: z
    .array(
      z.strictObject({
        at: duration,
        firing: z.array(z.string()).optional(),
        tickets: z
          .array(
            z.strictObject({
              rule: name,
              of: z.string(),
              members: z.union([z.number().int(), z.array(z.string())]).optional(),
              severity: z.enum(SEVERITIES).optional(),
              state: z.enum(['firing', 'cleared', 'proved']).optional(),
            }),
          )
          .optional(),
      }),
    )
    .min(1),
});

/** A rule file: groups of rules, and the tests that stand beside them. */
export const ruleFileSchema = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string(),
        defaults: defaults.default({}),
        parameters: parameters.default({}),
        rules: z.array(rule),
      }),
    )
    .default([]),
  overrides: z.array(override).default([]),
  tests: z.array(test).default([]),
});

export type RuleFile = z.output<typeof ruleFileSchema>;
export type RuleGroup = RuleFile['groups'][number];
export type RuleEntry = RuleFile['groups'][number]['rules'][number];
export type RuleDefaults = RuleFile['groups'][number]['defaults'];
export type RuleTest = RuleFile['tests'][number];
