import { z } from 'zod';
import { StewardError } from '../model/codes.ts';
import { didYouMean } from '../model/suggest.ts';

/** Parameters of a query or members of a body: flat and strict. */
export type ObjectSchema = z.ZodObject<z.core.$ZodShape, z.core.$strict>;

export type Where = 'path' | 'query' | 'body';

const NOUN: Record<Where, string> = { path: 'parameter', query: 'parameter', body: 'member' };

function describe(issue: z.core.$ZodIssue, where: Where, schema: ObjectSchema, value: unknown): string[] {
  const place = [where, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape);
    return issue.keys.map((key) => `${place}: unknown ${NOUN[where]} "${key}"${didYouMean(key, known)}`);
  }
  const given = issue.path.reduce<unknown>((v, step) => (v as Record<PropertyKey, unknown>)?.[step], value);
  if (given === undefined && issue.code === 'invalid_type') return [`${place}: is missing`];
  if (Array.isArray(given)) return [`${place}: is given more than once`];
  if (issue.code === 'invalid_value' && typeof given === 'string') {
    const known = issue.values.map(String);
    return [`${place}: "${given}" is none of ${known.join(', ')}${didYouMean(given, known)}`];
  }
  return [`${place}: ${issue.message}`];
}

/** Throws `request_invalid` that names every mistake and its place: `query.knd: unknown parameter …`. */
export function parseInput<S extends ObjectSchema>(schema: S, value: unknown, where: Where): z.output<S> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StewardError('request_invalid', `${where}: a JSON object is expected`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) => describe(issue, where, schema, value));
  throw new StewardError('request_invalid', mistakes.join('; '));
}

/** A comma list whose every word is one of `known`, without repeats. */
export function wordList<const T extends string>(known: readonly T[], description: string) {
  return z
    .string()
    .transform((text, context): T[] => {
      const words = [...new Set(text.split(',').map((word) => word.trim()))];
      for (const word of words) {
        if ((known as readonly string[]).includes(word)) continue;
        const message = `"${word}" is none of ${known.join(', ')}${didYouMean(word, known)}`;
        context.addIssue({ code: 'custom', message });
      }
      return words as T[];
    })
    .describe(description);
}
