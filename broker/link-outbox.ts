import type { MqttClient } from 'mqtt';
import type { Log } from '../model/log.ts';
import type { EndConnection } from './link-connection.ts';

/** Below what any broker takes at once; a smaller Receive Maximum of the broker counts. */
const IN_FLIGHT = 100;
const PUBACK_MS = 30_000;

interface News {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly retain: boolean;
}

/** Steward's own messages on their way to the broker, QoS 1, in order, kept in memory while there is no link. */
export interface LinkOutbox {
  /** When it is full the oldest goes: these are news, the records keep what they tell. */
  add(news: News): void;
  up(client: MqttClient, end: EndConnection): void;
  down(): void;
  waiting(): number;
  /** Resolves when nothing waits, or at once when there is no link. */
  drained(): Promise<void>;
}

/** mqtt.js keeps what it could not send, but replays it from memory without a bound and may lose part of it. */
export function createLinkOutbox(limit: number, log: Log): LinkOutbox {
  /** In order; a newer retained message takes the place of an older one of its topic, which nobody would ask for. */
  let queue = new Map<string, News>();
  const inFlight = new Map<string, News>();
  let link: { readonly client: MqttClient; readonly end: EndConnection } | undefined;
  let patience: NodeJS.Timeout | undefined;
  let count = 0;
  let isFull = false;
  let whenDrained: (() => void) | undefined;

  const settled = (client: MqttClient, key: string, topic: string, error?: Error | null): void => {
    if (link?.client !== client) return;
    inFlight.delete(key);
    stopWaiting();
    if (error) log.warn({ topic, error }, 'the broker refused a message of ours');
    send();
    if (inFlight.size === 0) whenDrained?.();
  };

  function stopWaiting(): void {
    clearTimeout(patience);
    patience = undefined;
  }

  function send(): void {
    if (!link) return;
    const { client, end } = link;
    const window = Math.min(IN_FLIGHT, client.serverProperties?.receiveMaximum ?? IN_FLIGHT);
    for (const [key, news] of queue) {
      // Two of one topic under way at once would answer to the same key.
      if (inFlight.size >= window || inFlight.has(key)) break;
      queue.delete(key);
      inFlight.set(key, news);
      const { topic, payload, retain } = news;
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
      client.publish(topic, bytes, { qos: 1, retain }, (error) => settled(client, key, topic, error));
    }
    if (inFlight.size > 0) {
      patience ??= setTimeout(() => end(new Error('no PUBACK for a message of ours')), PUBACK_MS);
    } else isFull = false;
  }

  return {
    add: (news) => {
      queue.set(news.retain ? `retained ${news.topic}` : `${++count}`, news);
      if (queue.size > limit) {
        queue.delete(queue.keys().next().value!);
        if (!isFull)
          log.warn({ limit }, 'the broker is away for long: the oldest messages to it are dropped');
        isFull = true;
      }
      send();
    },
    up: (client, end) => {
      link = { client, end };
      send();
    },
    down: () => {
      link = undefined;
      stopWaiting();
      queue = new Map([...inFlight, ...queue]);
      inFlight.clear();
      whenDrained?.();
    },
    waiting: () => queue.size + inFlight.size,
    drained: () =>
      new Promise((resolve) => {
        if (!link || inFlight.size === 0) resolve();
        else whenDrained = resolve;
      }),
  };
}
