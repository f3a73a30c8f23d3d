import type { SessionLimits } from './durable-sessions.ts';
import type { OutboxLimits } from './outbox.ts';
import type { RetainedLimits } from './retained.ts';

/** What one client, or all of them, may ask of the broker. docs/broker.md explains them to operators. */
export interface BrokerLimits extends OutboxLimits, RetainedLimits, SessionLimits {
  /** A packet that is larger closes its connection: it is never buffered whole. */
  readonly maxPacketBytes: number;
  /** The same before sign-in, where nobody is known yet. */
  readonly maxConnectBytes: number;
  readonly maxConnections: number;
  /** Of one device or person; more are turned away. */
  readonly maxConnectionsPerUser: number;
  /** Of one device or person on all its connections; faster ones are acknowledged later, nothing is dropped. */
  readonly maxMessagesPerSecond: number;
  /** The same for the bytes of their payloads. */
  readonly maxBytesPerSecond: number;
  /** So many seconds of both may come at once. */
  readonly burstSeconds: number;
  /** Filters of one client; more are refused. */
  readonly maxSubscriptions: number;
  /** Messages of QoS 2 that one client may leave half way; more close its connection. */
  readonly maxInflightQos2: number;
  /** What may wait in the socket of one subscriber; with more its connection is ended. */
  readonly maxOutboundBytes: number;
  readonly maxClientIdLength: number;
  /** Wrong passwords for one name from one address, after which that pair rests for `signInRestMs`. */
  readonly maxFailedSignIns: number;
  readonly signInRestMs: number;
  /** How long a connection may take to sign in. */
  readonly connectTimeoutMs: number;
  /** How long a subscriber may leave its socket full before it is cut off: it holds everybody up. */
  readonly drainTimeoutMs: number;
  /** How often the broker tells of itself under `$SYS/broker/`. */
  readonly statisticsEveryMs: number;
  /** How long `close` waits for messages whose durability is not yet known. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_BROKER_LIMITS: BrokerLimits = {
  // Above what ingest takes, so that a message that is only too large is answered and kept as an example.
  maxPacketBytes: 4 * 1024 * 1024,
  maxConnectBytes: 64 * 1024,
  maxConnections: 20_000,
  maxConnectionsPerUser: 20,
  maxMessagesPerSecond: 10_000,
  maxBytesPerSecond: 10_000_000,
  burstSeconds: 1,
  maxSubscriptions: 100,
  maxInflightQos2: 200,
  maxOutboundBytes: 16 * 1024 * 1024,
  maxInflight: 200,
  maxQueuedMessages: 10_000,
  maxQueuedBytes: 8 * 1024 * 1024,
  maxQueuedBytesInAll: 64 * 1024 * 1024,
  maxSessions: 20_000,
  maxSessionsPerUser: 20,
  sessionExpiryMs: 7 * 24 * 3_600_000,
  maxRetained: 20_000,
  maxRetainedBytes: 64 * 1024,
  maxClientIdLength: 128,
  maxFailedSignIns: 10,
  signInRestMs: 60_000,
  connectTimeoutMs: 10_000,
  drainTimeoutMs: 5_000,
  statisticsEveryMs: 10_000,
  closeTimeoutMs: 5_000,
};
