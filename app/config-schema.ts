import { z } from 'zod';
import { gatewayConfigSchema } from '../gateway/config.ts';
import { DEFAULT_MAX_SERIES } from '../store/series/cardinality.ts';
import { ticketSettingsSchema } from '../tickets/policy.ts';
import { mqttSchema } from './mqtt-schema.ts';

const port = z.int().min(0).max(65_535);
const host = z.string().min(1);

const httpSchema = z.strictObject({
  host: host.default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all'),
  port: port.default(8080).describe('0 takes a free one'),
  trust_proxy: z
    .string()
    .default('')
    .describe(
      'Addresses of reverse proxies whose X-Forwarded-… is believed, such as 127.0.0.1; empty for none',
    ),
});

const databaseName = z.string().regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, _ and - only');

const seriesSchema = z
  .strictObject({
    engine: z.enum(['duckdb', 'influx']).default('duckdb'),
    version: z
      .union([z.literal(1), z.literal(2), z.literal(3)])
      .default(1)
      .describe('Of InfluxDB: 1 for 1.x, 2 for 2.x, 3'),
    url: z.string().default('http://127.0.0.1:8086').describe('InfluxDB, for engine influx'),
    database: databaseName.default('steward').describe('Database of InfluxDB 1.x and 3; made when absent'),
    bucket: databaseName.optional().describe('Bucket of InfluxDB 2.x, in place of database'),
    org: z.string().default('').describe('Organisation of InfluxDB 2.x'),
    token: z.string().default('').describe('API token of InfluxDB 2.x and 3'),
    user: z.string().default('').describe('User of InfluxDB 1.x'),
    password: z.string().default(''),
    retention: z
      .string()
      .regex(/^([1-9]\d*[hdw]|INF)$/, 'hours, days or weeks such as 90d, or INF')
      .optional()
      .describe('How long InfluxDB keeps readings, such as 90d; absent leaves it as it is'),
    retention_days: z
      .int()
      .min(1)
      .optional()
      .describe('Days for which DuckDB keeps readings; absent = for ever. Hourly means stay'),
    max_series: z
      .int()
      .min(1)
      .default(DEFAULT_MAX_SERIES)
      .describe('Series (an asset in a zone; a rule of an asset) that the engine may hold'),
  })
  .describe('Where readings are kept');

/** `steward.yaml`, strict. Paths in it are relative to the file. */
export const configSchema = z.strictObject({
  data: z.string().default('data').describe('Folder of the journal, the embedded stores and the secrets'),
  http: httpSchema.prefault({}),
  mqtt: mqttSchema.prefault({}),
  series: seriesSchema.prefault({}),
  sites: z.array(z.string()).min(1).describe('Site files'),
  rules: z
    .strictObject({
      library: z.boolean().default(true).describe('Run the rules that Steward ships'),
      files: z.array(z.string()).default([]).describe('Rule files of your own'),
    })
    .prefault({}),
  journal: z
    .strictObject({
      limit: z.int().min(1_000).default(2_000_000).describe('Readings that may wait for the series engine'),
      max_bytes: z
        .int()
        .min(1_048_576)
        .default(1_073_741_824)
        .describe('Bytes that may wait; when that many do, acknowledgements wait until there is room'),
      max_age_hours: z
        .int()
        .min(1)
        .default(24)
        .describe('When a reading has waited for longer, /readyz is red; it is kept all the same'),
    })
    .prefault({}),
  quarantine: z
    .strictObject({
      keep_days: z.int().min(1).default(90).describe('Days for which a rejected message is kept'),
      limit: z
        .int()
        .min(100)
        .default(100_000)
        .describe('Rejected messages that are kept; beyond, the oldest go'),
      max_bytes: z
        .int()
        .min(1_048_576)
        .default(268_435_456)
        .describe('Bytes of their payloads that are kept; beyond, the oldest go'),
    })
    .prefault({}),
  tickets: ticketSettingsSchema.prefault({}).describe('Time limits, and how long proofs may take'),
  gateway: gatewayConfigSchema.optional(),
  watch: z
    .strictObject({
      asset: z
        .string()
        .default('')
        .describe(
          'Asset that stands for Steward itself, such as the gateway it runs on: gets its own faults',
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['text', 'json']).default('text'),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;
