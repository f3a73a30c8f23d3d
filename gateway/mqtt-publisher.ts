import mqtt, { type MqttClient } from 'mqtt';
import { StewardError } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';
import type { Publish } from './outbox.ts';

const RECONNECT_FIRST_MS = 500;
const RECONNECT_MAX_MS = 30_000;
/** A PUBACK may be withheld while the broker's journal is full, but not for ever. */
const ACK_TIMEOUT_MS = 30_000;
const DISCONNECT_MS = 2_000;
const BAD_LOGIN = new Set([4, 5]);

export interface MqttPublisherOptions {
  /** `mqtt://127.0.0.1:1883`, or `mqtts://…`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  /** PEM certificates that a broker with a private authority is checked against. */
  readonly ca?: string | undefined;
  /** Spreads reconnections, so that a hundred gateways do not come back in the same second. */
  readonly random: Random;
  readonly log: Log;
}

export interface MqttPublisher {
  /** QoS 1. Rejects with broker_unreachable at once while not connected, and when no PUBACK came. */
  readonly publish: Publish;
  isConnected(): boolean;
  /** Says goodbye to the broker; what was not acknowledged rejects. */
  close(): Promise<void>;
}

/**
 * An MQTT 3.1.1 connection that keeps nothing: mqtt.js would queue without a limit while it is offline, replay from
 * memory and reconnect at a fixed pace, so each connection is a new client and the outbox is the only queue.
 */
export function createMqttPublisher(options: MqttPublisherOptions): MqttPublisher {
  const { url, username, password, clientId, ca, random, log } = options;
  let client: MqttClient | undefined;
  let reconnectMs = RECONNECT_FIRST_MS;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isConnected = false;
  let said = '';
  const underWay = new Set<(error: Error) => void>();

  const lost = (): void => {
    isConnected = false;
    const error = new StewardError('broker_unreachable', `${url}: connection lost before the PUBACK`);
    for (const reject of underWay) reject(error);
    client?.end(true);
    client = undefined;
    if (isClosed) return;
    timer = setTimeout(connect, reconnectMs * (0.5 + random.next()));
    reconnectMs = Math.min(2 * reconnectMs, RECONNECT_MAX_MS);
  };
  const failed = (error: Error & { code?: unknown }): void => {
    const code = BAD_LOGIN.has(Number(error.code)) ? 'login_refused' : 'broker_unreachable';
    const text = `${url}: ${error.message || String(error.code)}`;
    if (text === said) log.debug({ code }, `still no connection to the broker: ${text}`);
    else log.warn({ code }, `no connection to the broker, tried again until there is: ${text}`);
    said = text;
  };
  function connect(): void {
    const next = mqtt.connect(url, {
      username,
      password,
      clientId,
      ...(ca === undefined ? {} : { ca }),
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      keepalive: 30,
    });
    client = next;
    next.on('connect', () => {
      isConnected = true;
      reconnectMs = RECONNECT_FIRST_MS;
      said = '';
      log.info({ url }, 'gateway connected to the broker');
    });
    next.on('error', failed);
    next.once('close', () => {
      if (client === next) lost();
    });
  }
  connect();

  const publish: Publish = (topic, payload) =>
    new Promise((resolve, reject) => {
      const current = client;
      if (!current || !isConnected) {
        return reject(new StewardError('broker_unreachable', `${url}: not connected`));
      }
      const settle = (error?: Error | null): void => {
        clearTimeout(patience);
        underWay.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      // A new connection is the only way to know that the message is not still on its way.
      const patience = setTimeout(() => current.stream.destroy(), ACK_TIMEOUT_MS);
      underWay.add(settle);
      current.publish(topic, payload, { qos: 1 }, settle);
    });
  return {
    publish,
    isConnected: () => isConnected,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      const current = client;
      if (!current) return;
      await new Promise<void>((resolve) => {
        const limit = setTimeout(() => current.end(true, () => resolve()), DISCONNECT_MS);
        current.end(underWay.size > 0 || !isConnected, () => {
          clearTimeout(limit);
          resolve();
        });
      });
    },
  };
}
