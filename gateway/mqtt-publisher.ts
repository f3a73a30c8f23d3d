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

interface Connection {
  /** The client of this moment, while it is connected. */
  current(): MqttClient | undefined;
  close(isIdle: boolean): Promise<void>;
}

function connectOnce({ url, username, password, clientId, ca }: MqttPublisherOptions): MqttClient {
  return mqtt.connect(url, {
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
}

/** Says what went wrong, once until something else does. */
function complaints({ url, log }: MqttPublisherOptions): {
  readonly failed: (error: Error & { readonly code?: unknown }) => void;
  readonly connected: () => void;
} {
  let said = '';
  return {
    failed: (error) => {
      const code = BAD_LOGIN.has(Number(error.code)) ? 'login_refused' : 'broker_unreachable';
      const text = `${url}: ${error.message || String(error.code)}`;
      if (text === said) log.debug({ code }, `still no connection to the broker: ${text}`);
      else log.warn({ code }, `no connection to the broker, tried again until there is: ${text}`);
      said = text;
    },
    connected: () => {
      said = '';
      log.info({ url }, 'gateway connected to the broker');
    },
  };
}

function endClient(client: MqttClient, isForced: boolean): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => client.end(true, () => resolve()), DISCONNECT_MS);
    client.end(isForced, () => {
      clearTimeout(limit);
      resolve();
    });
  });
}

/** Keeps a connection: each one is a new client, after growing pauses with chance in them. */
function keepConnected(options: MqttPublisherOptions, onLost: () => void): Connection {
  const { failed, connected } = complaints(options);
  let client: MqttClient | undefined;
  let reconnectMs = RECONNECT_FIRST_MS;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const lost = (ended: MqttClient): void => {
    ended.end(true);
    client = undefined;
    onLost();
    if (isClosed) return;
    timer = setTimeout(connect, reconnectMs * (0.5 + options.random.next()));
    reconnectMs = Math.min(2 * reconnectMs, RECONNECT_MAX_MS);
  };
  function connect(): void {
    const next = connectOnce(options);
    client = next;
    next.on('connect', () => {
      reconnectMs = RECONNECT_FIRST_MS;
      connected();
    });
    next.on('error', failed);
    next.once('close', () => lost(next));
  }
  connect();
  return {
    current: () => (client?.connected ? client : undefined),
    async close(isIdle) {
      isClosed = true;
      clearTimeout(timer);
      if (client) await endClient(client, !isIdle || !client.connected);
    },
  };
}

/**
 * An MQTT 3.1.1 connection that keeps nothing: mqtt.js would queue without a limit while it is offline, replay from
 * memory and reconnect at a fixed pace, so each connection is a new client and the outbox is the only queue.
 */
export function createMqttPublisher(options: MqttPublisherOptions): MqttPublisher {
  const { url } = options;
  const underWay = new Set<(error: Error) => void>();
  const connection = keepConnected(options, () => {
    for (const reject of underWay) reject(new Error('connection lost'));
  });
  return {
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        const client = connection.current();
        if (!client) return reject(new StewardError('broker_unreachable', `${url}: not connected`));
        const settle = (error?: Error | null): void => {
          clearTimeout(patience);
          underWay.delete(settle);
          const text = `${url}: ${error?.message} before the PUBACK`;
          if (error) reject(new StewardError('broker_unreachable', text, { cause: error }));
          else resolve();
        };
        // A new connection is the only way to know that the message is not still on its way.
        const patience = setTimeout(() => client.stream.destroy(), ACK_TIMEOUT_MS);
        underWay.add(settle);
        client.publish(topic, payload, { qos: 1 }, settle);
      }),
    isConnected: () => connection.current() !== undefined,
    close: () => connection.close(underWay.size === 0),
  };
}
