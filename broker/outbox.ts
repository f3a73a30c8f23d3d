import type { Client } from 'aedes';
import { type Packet, writeToStream } from 'mqtt-packet';
import type { Log } from '../model/log.ts';
import type { MqttState } from '../store/mqtt-state/contract.ts';
import { filterMatches } from './filters.ts';
import type { Outgoing, Subscriber } from './subscriber.ts';
import type { Traffic } from './traffic.ts';

const MAX_MESSAGE_ID = 65_535;
/** What a waiting message costs besides its topic and payload, about. */
const OVERHEAD_BYTES = 200;

export interface OutboxLimits {
  /** Messages that one subscriber may leave unacknowledged before the next is sent. */
  readonly maxInflight: number;
  /** Messages, and bytes, that may wait for one subscriber; with more the oldest are dropped. */
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  /** Bytes that may wait for all of them. */
  readonly maxQueuedBytesInAll: number;
}

export interface OutboxOptions {
  readonly limits: OutboxLimits;
  readonly traffic: Traffic;
  readonly log: Log;
  /** Absent: durable sessions end with the process. */
  readonly state: MqttState | undefined;
}

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
}

/**
 * Delivers to subscribers, in place of Aedes: in order, at most so many unacknowledged at a time, the rest waits with
 * a bound. Nobody waits for a slow subscriber.
 */
export interface Outbox {
  /** At QoS 0 it is sent or, when the subscriber is away, forgotten. */
  deliver(to: Subscriber, message: Message, qos: 0 | 1 | 2): void;
  /** Sends again what is not acknowledged (MQTT 3.1.1, 4.4), and then what waits. */
  resume(of: Subscriber, connection: Client): void;
  /** False when nothing of that kind was under way under this id. */
  acknowledged(by: Subscriber, messageId: number, kind: 'puback' | 'pubcomp'): boolean;
  /** PUBREC has come: from now on only PUBREL is sent. */
  released(by: Subscriber, messageId: number): void;
  /** Counts what waits for one that was found again after a restart. */
  adopt(subscriber: Subscriber): void;
  /** What waited for it is gone with it. */
  forget(subscriber: Subscriber): void;
}

/** `Client` of Aedes, with what its types leave out. */
type Connection = Client & { waitForDrain(done: (error: Error | null) => void): void };

const sizeOf = ({ topic, payload }: Outgoing): number => topic.length + payload.length + OVERHEAD_BYTES;

function nextMessageId(subscriber: Subscriber): number {
  do {
    subscriber.lastMessageId = (subscriber.lastMessageId % MAX_MESSAGE_ID) + 1;
  } while (subscriber.inFlight.has(subscriber.lastMessageId));
  return subscriber.lastMessageId;
}

export function createOutbox({ limits, traffic, log, state }: OutboxOptions): Outbox {
  let queuedBytes = 0;
  const put = ({ durable, client }: Subscriber, message: Outgoing): void => {
    if (durable) state?.putMessage({ client, ...message });
  };
  const remove = ({ durable, client }: Subscriber, { place }: Outgoing): void => {
    if (durable) state?.deleteMessage(client, place);
  };
  const send = (to: Subscriber, packet: Packet): void => {
    const connection = to.connection as Connection;
    if (connection.conn.destroyed) return;
    if (writeToStream(packet, connection.conn) || to.isDraining) return;
    to.isDraining = true;
    // Aedes ends the connection when that takes longer than its drainTimeout.
    connection.waitForDrain((error) => {
      if (to.connection !== connection) return;
      to.isDraining = false;
      if (!error) pump(to);
    });
  };
  const sendMessage = (to: Subscriber, { messageId, released, ...message }: Outgoing, dup: boolean): void => {
    if (released) {
      send(to, { cmd: 'pubrel', messageId });
    } else {
      traffic.messagesSent++;
      send(to, { cmd: 'publish', messageId, dup, ...message });
    }
  };
  const takeWaiting = (of: Subscriber): Outgoing => {
    const message = of.waiting.shift()!;
    of.waitingBytes -= sizeOf(message);
    queuedBytes -= sizeOf(message);
    if (of.waiting.length === 0) of.isDropping = false;
    return message;
  };
  const pump = (to: Subscriber): void => {
    const { waiting, inFlight } = to;
    while (to.connection && !to.isDraining && waiting.length > 0 && inFlight.size < limits.maxInflight) {
      const message = takeWaiting(to);
      message.messageId = nextMessageId(to);
      inFlight.set(message.messageId, message);
      put(to, message);
      sendMessage(to, message, false);
    }
  };
  const isTooMuch = ({ waiting, waitingBytes }: Subscriber): boolean =>
    waiting.length > limits.maxQueuedMessages ||
    waitingBytes > limits.maxQueuedBytes ||
    queuedBytes > limits.maxQueuedBytesInAll;
  const trim = (of: Subscriber): void => {
    while (of.waiting.length > 0 && isTooMuch(of)) {
      if (!of.isDropping)
        log.warn({ user: of.user }, 'too much waits for a subscriber: its oldest is dropped');
      of.isDropping = true;
      remove(of, takeWaiting(of));
      traffic.messagesDropped++;
    }
  };
  const enqueue = (to: Subscriber, { topic, payload, retain }: Message, qos: 1 | 2): void => {
    const place = ++to.lastPlace;
    // A copy: the payload is a part of what came over the wire at once, which would be held with it.
    const message = {
      place,
      topic,
      payload: Buffer.from(payload),
      qos,
      retain,
      messageId: 0,
      released: false,
    };
    to.waiting.push(message);
    to.waitingBytes += sizeOf(message);
    queuedBytes += sizeOf(message);
    put(to, message);
  };

  return {
    deliver: (to, message, qos) => {
      if (qos > 0) {
        enqueue(to, message, qos as 1 | 2);
        pump(to);
        trim(to);
      } else if (to.connection) {
        traffic.messagesSent++;
        const { topic, payload, retain } = message;
        send(to, { cmd: 'publish', topic, payload, retain, qos, dup: false });
      }
    },
    resume: (of, connection) => {
      of.connection = connection;
      of.isDraining = false;
      const isStillMeant = ({ topic }: Outgoing): boolean =>
        [...of.filters.keys()].some((filter) => filterMatches(filter, topic));
      const gone = of.waiting.filter((message) => !isStillMeant(message));
      for (const message of gone) {
        of.waiting.splice(of.waiting.indexOf(message), 1);
        of.waitingBytes -= sizeOf(message);
        queuedBytes -= sizeOf(message);
        remove(of, message);
      }
      for (const message of [...of.inFlight.values()]) {
        if (message.released || isStillMeant(message)) sendMessage(of, message, true);
        else {
          of.inFlight.delete(message.messageId);
          remove(of, message);
        }
      }
      pump(of);
    },
    acknowledged: (by, messageId, kind) => {
      const message = by.inFlight.get(messageId);
      if (!message || (kind === 'puback') !== (message.qos === 1)) return false;
      by.inFlight.delete(messageId);
      remove(by, message);
      pump(by);
      return true;
    },
    released: (by, messageId) => {
      const message = by.inFlight.get(messageId);
      if (message?.qos !== 2) return;
      message.released = true;
      put(by, message);
    },
    adopt: (subscriber) => {
      for (const message of subscriber.waiting) subscriber.waitingBytes += sizeOf(message);
      queuedBytes += subscriber.waitingBytes;
    },
    forget: (subscriber) => {
      queuedBytes -= subscriber.waitingBytes;
      subscriber.waitingBytes = 0;
      subscriber.waiting.length = 0;
      subscriber.inFlight.clear();
    },
  };
}
