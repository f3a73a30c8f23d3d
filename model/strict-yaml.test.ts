import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StewardError } from './codes.ts';
import { readStrictYaml } from './strict-yaml.ts';

const schema = z.strictObject({
  name: z.string(),
  zones: z.array(z.strictObject({ id: z.string(), steward: z.string() })).default([]),
});

function mistakeIn(text: string): string {
  try {
    readStrictYaml(text, 'site.yaml', schema, 'site_invalid');
  } catch (error) {
    if (error instanceof StewardError && error.code === 'site_invalid') return error.message;
    throw error;
  }
  return 'none';
}

describe('strict YAML', () => {
  it.each([
    [
      'an unknown key, with what was meant',
      'name: a\nzones:\n  - {id: z, steward: b, nmae: 1}',
      'site.yaml:3:25: zones[0].nmae: unknown key "nmae"',
    ],
    ['a likely key', 'naem: a\nname: b', 'site.yaml:1:1: naem: unknown key "naem" (did you mean "name"?)'],
    ['a missing key, at its parent', 'name: a\nzones:\n  - id: z', 'site.yaml:3:5: zones[0].steward: '],
    ['a duplicate key', 'name: a\nname: b', 'site.yaml:2:1: Map keys must be unique'],
    ['broken YAML', 'name: [a', 'site.yaml:1:9: '],
  ])('tells the place of %s', (_, text, message) => {
    expect(mistakeIn(text)).toContain(message);
  });

  it('accepts what the schema accepts', () => {
    expect(readStrictYaml('name: a', 'f', schema, 'site_invalid').value).toEqual({ name: 'a', zones: [] });
  });
});
