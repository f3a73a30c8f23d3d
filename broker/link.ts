import { randomBytes } from 'node:crypto';
import type { Clock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';
import type { RawMessage } from '../model/reading.ts';
import type { Broker } from './broker.ts';
import { keepLinked, type LinkConnectionOptions } from './link-connection.ts';
import { createLinkIntake } from './link-intake.ts';
import { createLinkOutbox } from './link-outbox.ts';

/** What the house needs of MQTT, whether the broker is its own or an outside one. */
export type MqttPort = Pick<Broker, 'publish' | 'connected' | 'health' | 'close'>;

export interface LinkLimits {
  /** Messages taken and not yet durable. The broker is told (MQTT 5, Receive Maximum), and nothing more is read. */
  readonly maxUnsettled: number;
  /** Steward's own messages that wait for the broker. */
  readonly maxOutgoing: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** How long `close` waits for messages whose durability is not yet known. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_LINK_LIMITS: LinkLimits = {
  maxUnsettled: 2_000,
  maxOutgoing: 10_000,
  reconnectFirstMs: 500,
  reconnectMaxMs: 30_000,
  closeTimeoutMs: 5_000,
};

export interface LinkOptions
  extends Pick<
    LinkConnectionOptions,
    'url' | 'user' | 'password' | 'clientId' | 'protocol' | 'ca' | 'sessionExpiryS'
  > {
  /** Stewards of the same group share the messages among them; empty: no sharing, for brokers that know none. */
  readonly group: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits?: Partial<LinkLimits>;
  /** As of the embedded broker: what resolves is acknowledged; what rejects is not, and comes again. */
  accept(message: RawMessage): Promise<void>;
}

const TELEMETRY = 'site/+/+/+/telemetry';

async function within(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}

/**
 * Takes telemetry from an outside broker instead of the embedded one. Returns at once and goes on trying for ever;
 * `health` says what is in the way. The outside broker decides who may publish what: Steward takes the topic's word.
 */
export function startLink(options: LinkOptions): MqttPort {
  const { url, group, log } = options;
  const limits: LinkLimits = { ...DEFAULT_LINK_LIMITS, ...options.limits };
  const run = randomBytes(4).toString('hex');
  let messages = 0;
  const intake = createLinkIntake({
    ...options,
    maxUnsettled: limits.maxUnsettled,
    nextMessageId: () => `${run}-${(++messages).toString(36)}`,
  });
  const outbox = createLinkOutbox(limits.maxOutgoing, log);
  const connection = keepLinked(
    {
      ...options,
      ...limits,
      filter: group === '' ? TELEMETRY : `$share/${group}/${TELEMETRY}`,
      receiveMaximum: Math.min(limits.maxUnsettled, 65_535),
    },
    { attach: intake.attach, up: outbox.up, down: outbox.down },
  );
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await within(limits.closeTimeoutMs, Promise.all([intake.finish(), outbox.drained()]));
    const unsent = outbox.waiting();
    if (unsent > 0) log.warn({ unsent }, 'messages to the broker could not be sent');
    await connection.close();
  };
  return {
    publish: async (topic, payload, { retain = false } = {}) => {
      if (closing) throw new StewardError('broker_unreachable', `${url}: the link is closed`);
      outbox.add({ topic, payload, retain });
    },
    // Only the outside broker knows who is connected to it.
    connected: () => [],
    health: () => {
      const trouble = connection.trouble();
      if (trouble) return { ok: false, detail: `${trouble.code}: ${url}: ${trouble.detail}` };
      return {
        ok: true,
        detail: `linked to ${url}, ${connection.protocol()}; ${intake.unsettled()} messages not yet durable`,
      };
    },
    close: () => (closing ??= close()),
  };
}
