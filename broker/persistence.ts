import { Readable } from 'node:stream';
import type { Aedes, Client, PublishPacket } from 'aedes';
import type { MqttState } from '../store/mqtt-state/contract.ts';
import { userOf } from './client-key.ts';
import type { DurableSessions } from './durable-sessions.ts';
import { filterMatches } from './filters.ts';
import type { Halfway } from './halfway.ts';
import type { Outbox } from './outbox.ts';
import type { RetainedMessages } from './retained.ts';
import type { Subscriber } from './subscriber.ts';

type QoS = 0 | 1 | 2;

/**
 * In place of a subscription: Aedes tells a client that its session is there (MQTT 3.1.1, 3.2.2.2) only when it
 * finds one. It is never granted.
 */
export const NO_FILTER = 'session/without/filter\0';

export interface PersistenceParts {
  readonly durable: DurableSessions;
  readonly outbox: Outbox;
  readonly retained: RetainedMessages;
  readonly halfway: Halfway;
  readonly state: MqttState | undefined;
  /** What is known of a connection that may hear something. */
  subscriberOf(client: Client): Subscriber | undefined;
}

interface Acknowledgement {
  readonly cmd: string;
  readonly messageId?: number;
}

/** The highest QoS that was granted for this topic; undefined when no filter names it. */
export function grantedQos({ filters }: Subscriber, topic: string): QoS | undefined {
  let highest = -1;
  for (const [filter, qos] of filters) if (qos > highest && filterMatches(filter, topic)) highest = qos;
  return highest === -1 ? undefined : (highest as QoS);
}

function message({ topic, payload }: PublishPacket, retain: boolean) {
  return { topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, retain };
}

/**
 * What Aedes asks of its persistence. Its own knows no bounds, delivers at the QoS of the sender, and never sets DUP:
 * here it keeps nothing, and what is for subscribers goes through the outbox.
 */
export function persistenceOf({ durable, outbox, retained, halfway, state, subscriberOf }: PersistenceParts) {
  const none = async (): Promise<void> => {};
  const written = (): Promise<void> => state?.written() ?? Promise.resolve();
  return {
    async setup() {},
    storeRetained: async (packet: PublishPacket) => retained.put(packet),
    createRetainedStreamCombi: (filters: readonly string[]) => retained.stream(filters),
    // Filters are granted where the right to them is looked up; here they only have to be kept.
    addSubscriptions: written,
    removeSubscriptions: async ({ id }: Client, filters: readonly string[]) => {
      const session = durable.get(id);
      if (session) for (const filter of filters) durable.revoke(session, filter);
      await written();
    },
    subscriptionsByClient: async ({ id }: Client) => {
      const known = durable.get(id);
      if (!known) {
        durable.open(id, userOf(id));
        return [];
      }
      return [...known.filters, [NO_FILTER, 0] as const].map(([topic, qos]) => ({ topic, qos }));
    },
    cleanSubscriptions: async ({ id }: Client) => durable.end(id),
    subscriptionsByTopic: async (topic: string) => [...durable.hearing(topic)],
    outgoingEnqueueCombi: async (heard: readonly Subscriber[], packet: PublishPacket) => {
      for (const session of heard) {
        const qos = Math.min(packet.qos, grantedQos(session, packet.topic) ?? 0);
        if (qos > 0) outbox.deliver(session, message(packet, false), qos as QoS);
      }
    },
    // PUBREC was noted as it came in (strict-parser.ts).
    outgoingUpdate: none,
    outgoingClearMessageId: async (client: Client, { cmd, messageId }: Acknowledgement) => {
      const subscriber = subscriberOf(client);
      // Asked as well of messages that the outbox has taken over: their acknowledgement is still to come.
      if (cmd !== 'puback' && cmd !== 'pubcomp') return;
      if (subscriber) outbox.acknowledged(subscriber, messageId ?? 0, cmd);
    },
    outgoingStream: () => Readable.from([]),
    incomingStorePacket: ({ id, clean }: Client, { messageId }: Acknowledgement) =>
      halfway.put(id, messageId!, !clean),
    incomingGetPacket: async ({ id }: Client, { messageId }: Acknowledgement) => {
      if (!halfway.has(id, messageId!)) throw new Error('no such packet');
      return {};
    },
    incomingDelPacket: async ({ id }: Client, { messageId }: Acknowledgement) =>
      halfway.delete(id, messageId!),
    cleanIncoming: async ({ id }: Client) => halfway.deleteAllOf(id),
    // Wills are with their connections.
    putWill: none,
    delWill: none,
    streamWill: () => Readable.from([]),
  };
}

/**
 * Aedes's last question before it would write to a subscriber: what it hands over here is delivered by the outbox,
 * once, however many filters name it, and at most at the QoS that was granted (MQTT 3.1.1, 3.8.4 and 3.3.5).
 */
export function forwarderOf({ outbox, subscriberOf }: Pick<PersistenceParts, 'outbox' | 'subscriberOf'>) {
  return (client: Client, packet: PublishPacket & { readonly brokerCounter: number }): null => {
    const to = subscriberOf(client);
    if (!to) return null;
    const granted = grantedQos(to, packet.topic);
    if (granted === undefined) return null;
    // Only what is sent to a new subscription still has RETAIN here.
    if (!packet.retain) {
      if (to.lastCounter === packet.brokerCounter) return null;
      to.lastCounter = packet.brokerCounter;
    }
    const qos = Math.min(packet.qos, granted) as QoS;
    // Those of durable sessions were enqueued whether they are connected or not.
    if (packet.retain || !to.durable || qos === 0) outbox.deliver(to, message(packet, packet.retain), qos);
    return null;
  };
}

/** Aedes numbers its messages by broker, and drops what it takes for repeated: those that overtook others too. */
export function withoutNumberCheck(aedes: Aedes): void {
  (aedes as { id: string }).id = '';
}
