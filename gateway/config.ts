import { z } from 'zod';
import { KINDS } from '../model/kinds.ts';
import { isSlug } from '../model/slug.ts';

const slug = z.string().refine(isSlug, 'a name is made of a-z, 0-9, _ and -, 64 at most');

const unitSchema = z.strictObject({
  unit: z.int().min(1).max(247).describe("Modbus address, as set on the controller's own panel or switches"),
  asset: slug.describe('Asset of the site file that the controller drives'),
  site: slug.optional().describe("Its site; absent = the gateway's"),
  kind: z.enum(KINDS),
  profile: z.string().min(1).describe('Name of a register map: gateway/profiles, or a file of your own'),
});

const lineSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'The serial device; /dev/serial/by-id/… stays the same when adapters are plugged in another order',
    ),
  baud_rate: z.int().min(300).max(1_000_000).default(19_200),
  data_bits: z.literal(8, 'Modbus RTU sends 8 data bits').default(8),
  parity: z.enum(['none', 'even', 'odd']).default('even'),
  stop_bits: z.union([z.literal(1), z.literal(2)], 'either 1 or 2').default(1),
  poll_ms: z.int().min(100).max(3_600_000).default(5_000).describe('How often each unit is read'),
  timeout_ms: z.int().min(20).max(30_000).default(500).describe('How long a unit may take to answer'),
  units: z.array(unitSchema).min(1),
});

interface Named {
  readonly name: string | number;
  readonly path: readonly (string | number)[];
}

function repeated(names: readonly Named[]): Named[] {
  const seen = new Set<string | number>();
  return names.filter(({ name }) => seen.size === seen.add(name).size);
}

/**
 * `gateway:` of the configuration: wired controllers and the lines that they hang on. Strict; durations in
 * milliseconds, defaults of the serial line those of the Modbus specification (19,200 baud, even parity, 1 stop bit).
 */
export const gatewayConfigSchema = z
  .strictObject({
    site: slug,
    asset: slug.describe(
      'Asset of kind gateway whose device the gateway signs in as; it carries the units below',
    ),
    profiles: z.array(z.string()).default([]).describe('Register maps of your own: YAML files'),
    outbox_limit: z
      .int()
      .min(100)
      .max(1_000_000)
      .default(20_000)
      .describe('Readings kept in memory while the broker is away'),
    heartbeat_s: z.int().min(1).max(3_600).default(60).describe('How often the gateway tells about itself'),
    lines: z.array(lineSchema).min(1),
  })
  .superRefine(({ lines }, context) => {
    const complain = (what: string, names: readonly Named[]): void => {
      for (const { name, path } of repeated(names)) {
        context.addIssue({ code: 'custom', path: [...path], message: `${what} ${name} is named twice` });
      }
    };
    complain(
      'line',
      lines.map(({ path }, i) => ({ name: path, path: ['lines', i, 'path'] })),
    );
    complain(
      'asset',
      lines.flatMap(({ units }, i) =>
        units.map(({ asset }, j) => ({ name: asset, path: ['lines', i, 'units', j, 'asset'] })),
      ),
    );
    for (const [i, { units }] of lines.entries()) {
      complain(
        'unit',
        units.map(({ unit }, j) => ({ name: unit, path: ['lines', i, 'units', j, 'unit'] })),
      );
    }
  });

export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
export type LineConfig = GatewayConfig['lines'][number];
export type UnitConfig = LineConfig['units'][number];
