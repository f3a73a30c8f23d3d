import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configJsonSchema } from './config-json-schema.ts';
import { packageRoot } from './paths.ts';

const file = join(packageRoot, 'docs', 'steward.schema.json');

it('the JSON Schema in docs is the one of the configuration (UPDATE=1 writes it)', () => {
  if (process.env['UPDATE']) writeFileSync(file, configJsonSchema());
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(configJsonSchema()));
});
