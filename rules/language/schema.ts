import { z } from 'zod';
import { SEVERITIES } from '../../model/fault.ts';
import { KINDS } from '../../model/kinds.ts';
import { TRADES } from '../../model/site.ts';
import { parseDuration } from './duration.ts';

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'a duration is written like 90s, 10m, 1h30m or 7d');
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

const defaults = z.strictObject({
  lateness: duration.optional(),
  clock_skew: duration.optional(),
  unknown: unknown.optional(),
});

const proof = z.strictObject({
  text: z.string().min(1),
  healthy: expression.optional(),
  over: z.string().min(1).optional(),
  tolerance: duration.default('0s'),
});

const ticket = z.strictObject({
  title: z.string().min(1),
  rollup: z
    .strictObject({
      by: z.enum(['circuit', 'gateway']),
      min: z.number().int().min(2),
      share: z.number().min(0).max(1).default(0),
      as: name,
    })
    .optional(),
  inhibited_by: z.array(name).default([]),
  wait: duration.default('0s'),
  proof: proof.optional(),
});

const rule = z.strictObject({
  rule: name,
  on: z.union([z.enum(KINDS), z.array(z.enum(KINDS)).min(1)]),
  when: expression.optional(),
  clear: expression.optional(),
  for: duration.default('0s'),
  keep_firing_for: duration.default('0s'),
  cumulative: z.boolean().default(false),
  urgent: z
    .strictObject({ when: expression, for: duration.default('0s'), severity: z.enum(SEVERITIES) })
    .optional(),
  severity: z.enum(SEVERITIES).default('minor'),
  trade: z.enum(TRADES).optional(),
  lateness: duration.optional(),
  clock_skew: duration.optional(),
  stale: duration.optional(),
  unknown: unknown.optional(),
  parameters: parameters.default({}),
  evidence: z.array(z.string()).default([]),
  words: z.string().optional(),
  ticket,
});

const test = z.strictObject({
  name: z.string().optional(),
  site: z
    .strictObject({
      lat: z.number().min(-90).max(90),
      lon: z.number().min(-180).max(180),
      tz: z.string(),
      lighting: z
        .strictObject({
          offset_min: z.number().default(30),
          level_pct: z.number().min(0).max(100).default(100),
          steps: z.array(z.strictObject({ at: z.string(), level_pct: z.number() })).default([]),
        })
        .optional(),
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
