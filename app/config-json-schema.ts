import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** JSON Schema of `steward.yaml`, for editors; kept in `docs/steward.schema.json`. */
export function configJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2)}\n`;
}
