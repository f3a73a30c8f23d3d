import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StewardError } from '../model/codes.ts';
import { KINDS, type Kind } from '../model/kinds.ts';
import { metricsOf } from '../model/metrics.ts';
import { type Mistake, readStrictYaml } from '../model/strict-yaml.ts';
import { didYouMean } from '../model/suggest.ts';

/** The four tables of a Modbus device. Bits: coil, discrete. 16-bit registers: input, holding. */
export const TABLES = ['coil', 'discrete', 'input', 'holding'] as const;
export type Table = (typeof TABLES)[number];

const registerSchema = z
  .strictObject({
    metric: z.string().describe('A metric of the catalogue, for this kind of asset'),
    table: z.enum(TABLES),
    address: z
      .int()
      .min(0)
      .max(65_535)
      .describe('As sent on the line: counted from 0, without 3xxxx or 4xxxx'),
    type: z.enum(['bit', 'u16', 'i16', 'u32', 'i32', 'f32']),
    /** Which of the two registers of a 32-bit value comes first. */
    word_order: z.enum(['high_first', 'low_first']).default('high_first'),
    /** Bit of a register, 0 = least significant: status words. */
    bit: z.int().min(0).max(15).optional(),
    /** The value in the catalogue's unit is raw × scale + offset. */
    scale: z.number().default(1),
    offset: z.number().default(0),
    /** Raw number with which the controller says that it does not know. */
    absent: z.number().optional(),
  })
  .superRefine(({ table, type, bit, scale, address }, context) => {
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const isBitTable = table === 'coil' || table === 'discrete';
    if (isBitTable && type !== 'bit') complain('type', `a ${table} is one bit: type bit`);
    if (isBitTable && bit !== undefined) complain('bit', `a ${table} has no bits to choose from`);
    if (!isBitTable && type === 'bit' && bit === undefined) complain('type', 'say which one: bit: 0 to 15');
    if (type !== 'bit' && bit !== undefined) complain('bit', 'only with type bit');
    if (scale === 0) complain('scale', 'must not be 0');
    if (type.endsWith('32') && address === 65_535) complain('address', 'a 32-bit value needs two registers');
  });

const profileSchema = z.strictObject({
  profile: z.string().regex(/^[a-z0-9-]+$/, 'a-z, 0-9 and - only'),
  kind: z.enum(KINDS),
  description: z.string().default(''),
  /** How many unused registers (or bits) a request may read over; some controllers refuse any. */
  max_gap: z.int().min(0).max(100).default(0),
  registers: z.array(registerSchema).min(1),
});

export type Register = z.output<typeof registerSchema>;
/** A register map: what a make of controller keeps where. */
export type Profile = z.output<typeof profileSchema>;

function catalogueMistakes(kind: Kind, registers: readonly Register[]): Mistake[] {
  const metrics = metricsOf(kind);
  const seen = new Set<string>();
  return registers.flatMap(({ metric, type }, i): Mistake[] => {
    const path = ['registers', i, 'metric'];
    const known = metrics.get(metric);
    if (!known) {
      const hint = didYouMean(metric, metrics.keys());
      return [{ path, message: `the catalogue has no "${metric}" for a ${kind}${hint}` }];
    }
    if (seen.has(metric)) return [{ path, message: `"${metric}" is mapped twice` }];
    seen.add(metric);
    if (type === 'bit' && known.type !== 'state') {
      return [{ path: ['registers', i, 'type'], message: `"${metric}" is a number, not a bit` }];
    }
    return [];
  });
}

/** Reads a register map. Throws config_invalid with file, line and column of every mistake. */
export function parseProfile(text: string, file: string): Profile {
  const yaml = readStrictYaml(text, file, profileSchema, 'config_invalid');
  const mistakes = catalogueMistakes(yaml.value.kind, yaml.value.registers);
  if (mistakes.length > 0) throw yaml.error('config_invalid', mistakes);
  return yaml.value;
}

/**
 * Reads register maps from files; of two with one name the later counts, so that a place can mend a shipped one.
 *
 * Throws file_unreadable or config_invalid.
 */
export function loadProfiles(files: readonly string[]): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new StewardError('file_unreadable', `${file}: ${(error as Error).message}`, { cause: error });
    }
    const profile = parseProfile(text, file);
    profiles.set(profile.profile, profile);
  }
  return profiles;
}
