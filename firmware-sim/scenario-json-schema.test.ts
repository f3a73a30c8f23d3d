import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { scenarioSchema } from './scenario.ts';

const file = `${import.meta.dirname}/../docs/scenario.schema.json`;

it('the JSON Schema in docs is the one of scenario files (UPDATE=1 writes it)', () => {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input' });
  if (process.env['UPDATE']) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
});
