import { z } from 'zod';
import type { BrokerLimits } from '../broker/limits.ts';
import { linkSchema } from './link-schema.ts';

const port = z.int().min(0).max(65_535);
const atLeast = (least: number, preset: number, meaning: string) =>
  z.int().min(least).default(preset).describe(meaning);

/** `mqtt.limits`: what docs/broker.md tells of each. */
const limitsSchema = z
  .strictObject({
    connections: atLeast(1, 20_000, 'In all, of each listener; more are turned away'),
    connections_per_user: atLeast(1, 20, 'Of one device or person; more are turned away'),
    messages_per_s: atLeast(1, 10_000, 'Of one device or person; faster ones are acknowledged later'),
    bytes_per_s: atLeast(1, 10_000_000, 'The same for the bytes of their payloads'),
    burst_s: atLeast(1, 1, 'So many seconds of both may come at once'),
    packet_bytes: atLeast(
      1_024,
      4 * 1024 * 1024,
      'A larger packet ends its connection; 64 KiB at most before sign-in',
    ),
    subscriptions: atLeast(1, 100, 'Filters of one client; more are refused'),
    in_flight: atLeast(1, 200, 'Messages that a subscriber may leave unacknowledged before the next is sent'),
    queued_messages: atLeast(
      0,
      10_000,
      'Messages that may wait for one subscriber; then the oldest is dropped',
    ),
    queued_bytes: atLeast(0, 8 * 1024 * 1024, 'The same in bytes'),
    sessions: atLeast(0, 20_000, 'Durable sessions; then the one that was away for longest ends. 0: none'),
    session_days: atLeast(1, 7, 'A durable session whose client stays away for so long ends'),
    retained_messages: atLeast(0, 20_000, 'Topics with a retained message; more are not kept'),
    retained_bytes: atLeast(0, 64 * 1024, 'A larger message is passed on, but not retained'),
  })
  .describe('What one client, or all of them, may ask of the embedded broker');

export const mqttSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all'),
  port: port.default(1883).describe('0 takes a free one'),
  tls: z
    .strictObject({
      port: port.default(8883),
      cert: z.string().describe('PEM file of the certificate chain'),
      key: z.string().describe('PEM file of its key'),
      ca: z.string().optional().describe('PEM file of the authorities that sign certificates of devices'),
      client_certificates: z
        .enum(['off', 'optional', 'required'])
        .default('off')
        .describe('A certificate whose common name is the id of a device takes the place of its password'),
    })
    .refine(
      ({ ca, client_certificates }) => client_certificates === 'off' || ca !== undefined,
      'client_certificates needs ca',
    )
    .optional(),
  websocket: z
    .strictObject({
      port: port.default(9001).describe('0 takes a free one'),
      path: z.string().startsWith('/').default('/mqtt'),
    })
    .optional()
    .describe('MQTT over WebSocket; with TLS when there is mqtt.tls'),
  limits: limitsSchema.prefault({}),
  link: linkSchema.optional(),
});

const DAY_MS = 24 * 3_600_000;

export function brokerLimits(limits: z.output<typeof limitsSchema>): Partial<BrokerLimits> {
  return {
    maxConnections: limits.connections,
    maxConnectionsPerUser: limits.connections_per_user,
    maxMessagesPerSecond: limits.messages_per_s,
    maxBytesPerSecond: limits.bytes_per_s,
    burstSeconds: limits.burst_s,
    maxPacketBytes: limits.packet_bytes,
    maxSubscriptions: limits.subscriptions,
    maxInflight: limits.in_flight,
    maxQueuedMessages: limits.queued_messages,
    maxQueuedBytes: limits.queued_bytes,
    maxSessions: limits.sessions,
    maxSessionsPerUser: limits.connections_per_user,
    sessionExpiryMs: limits.session_days * DAY_MS,
    maxRetained: limits.retained_messages,
    maxRetainedBytes: limits.retained_bytes,
  };
}
