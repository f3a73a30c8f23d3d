import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';
import {
  complaints,
  isVersionRefused,
  type Trouble,
  troubleOf,
  troubleOfDisconnect,
} from './link-trouble.ts';

const CONNECT_MS = 10_000;
const SUBSCRIBE_MS = 10_000;
const DISCONNECT_MS = 2_000;
export const KEEPALIVE_S = 30;
/** A connection that lasted so long was a good one: after it the pauses begin small again. */
const STEADY_MS = 10_000;
const MQTT_5 = 5;
const MQTT_311 = 4;

export interface LinkConnectionOptions {
  /** `mqtt://broker:1883` or `mqtts://broker:8883`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The broker keeps the session under this name: the same at every start, and nobody else's. */
  readonly clientId: string;
  /** `auto`: MQTT 5, and 3.1.1 where the broker refuses that. */
  readonly protocol: '5' | '3.1.1' | 'auto';
  /** PEM certificates that a broker with a private authority is checked against. */
  readonly ca?: string | Buffer | undefined;
  /** How long the broker keeps what arrives while Steward is away; MQTT 3.1.1 brokers decide themselves. */
  readonly sessionExpiryS: number;
  readonly filter: string;
  /** How many messages the broker may send before the first of them is acknowledged (MQTT 5). */
  readonly receiveMaximum: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Ends this connection because of an error of ours; the broker sends again what was not acknowledged. */
export type EndConnection = (error: Error) => void;

export interface LinkUsers {
  /** Called for every new client before anything can have arrived. */
  attach(client: MqttClient, end: EndConnection): void;
  /** The client is signed in and subscribed. */
  up(client: MqttClient, end: EndConnection): void;
  down(): void;
}

export interface LinkConnection {
  /** Undefined while there is a link. */
  trouble(): Trouble | undefined;
  /** `MQTT 5` or `MQTT 3.1.1`. */
  protocol(): string;
  /** Says goodbye; no new connection is made. */
  close(): Promise<void>;
}

type Version = typeof MQTT_5 | typeof MQTT_311;

function connectOnce(options: LinkConnectionOptions, version: Version): MqttClient {
  const { url, user, password, clientId, ca, sessionExpiryS, receiveMaximum } = options;
  const settings: IClientOptions = {
    clientId,
    protocolVersion: version,
    clean: false,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: CONNECT_MS,
    keepalive: KEEPALIVE_S,
  };
  if (user !== '') settings.username = user;
  if (password !== '') settings.password = password;
  if (ca !== undefined) settings.ca = ca;
  if (version === MQTT_5) {
    settings.properties = { sessionExpiryInterval: sessionExpiryS, receiveMaximum };
  }
  return mqtt.connect(url, settings);
}

/** Resolves when the broker grants the filter with acknowledgements. */
async function subscribe(client: MqttClient, filter: string): Promise<Trouble | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), SUBSCRIBE_MS);
  });
  try {
    const [grant] = await Promise.race([client.subscribeAsync(filter, { qos: 1 }), late]);
    if (grant?.qos === 1) return undefined;
    return {
      code: 'subscription_forbidden',
      detail: `${filter}: granted without acknowledgements (QoS ${grant?.qos})`,
    };
  } catch (error) {
    return { code: 'subscription_forbidden', detail: `${filter}: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
  }
}

function endPolitely(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => client.end(true, () => resolve()), DISCONNECT_MS);
    client.end(!client.connected, () => {
      clearTimeout(limit);
      resolve();
    });
  });
}

/**
 * Keeps a connection with a persistent session. Each one is a new client, after growing pauses with chance in them:
 * mqtt.js would reconnect at a fixed pace, replay from memory, and acknowledge on a connection what came on another.
 */
export function keepLinked(options: LinkConnectionOptions, users: LinkUsers): LinkConnection {
  const { url, clientId, filter, protocol, clock, random, log, reconnectFirstMs, reconnectMaxMs } = options;
  const complain = complaints(url, log);
  let version: Version = protocol === '3.1.1' ? MQTT_311 : MQTT_5;
  let trouble: Trouble | undefined = { code: 'broker_unreachable', detail: 'not connected yet' };
  let client: MqttClient | undefined;
  let pauseMs = reconnectFirstMs;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const otherVersion = (): void => {
    if (protocol === 'auto') version = version === MQTT_5 ? MQTT_311 : MQTT_5;
  };
  const protocolName = (): string => (version === MQTT_5 ? 'MQTT 5' : 'MQTT 3.1.1');
  const again = (upMs: number): void => {
    if (isClosed) return;
    if (upMs >= STEADY_MS) pauseMs = reconnectFirstMs;
    // Nothing mends a wrong password but a person, and brokers count failures.
    if (trouble?.code === 'login_refused') pauseMs = reconnectMaxMs;
    timer = setTimeout(connect, pauseMs * (0.5 + random.next()));
    pauseMs = Math.min(2 * pauseMs, reconnectMaxMs);
  };

  function connect(): void {
    const next = connectOnce(options, version);
    client = next;
    let upSince: number | undefined;
    let reason: Trouble | undefined;
    let wasAnswered = false;
    const end = (why: Trouble): void => {
      reason ??= why;
      next.end(true);
    };
    const endOurs: EndConnection = (error) => end({ code: 'broker_unreachable', detail: error.message });
    users.attach(next, endOurs);
    next.once('connect', ({ sessionPresent }) => {
      wasAnswered = true;
      subscribe(next, filter).then((refused) => {
        if (client !== next || isClosed) return;
        if (refused) return end(refused);
        upSince = clock.now();
        trouble = undefined;
        complain(undefined);
        log.info({ url, session: sessionPresent }, `linked to the broker, ${protocolName()}`);
        users.up(next, endOurs);
      });
    });
    next.on('disconnect', ({ reasonCode }) => {
      reason ??= troubleOfDisconnect(reasonCode, clientId);
    });
    next.on('error', (error) => {
      wasAnswered = true;
      if (isVersionRefused(error)) otherVersion();
      reason ??= troubleOf(error);
    });
    next.once('close', () => {
      client = undefined;
      next.end(true);
      if (upSince !== undefined) users.down();
      // Some brokers of 3.1.1 only hang up on a CONNECT that they cannot read.
      if (!wasAnswered && reason === undefined) otherVersion();
      trouble = reason ?? {
        code: 'broker_unreachable',
        detail: `the broker closed the connection (does another client use the id "${clientId}"?)`,
      };
      if (!isClosed) complain(trouble);
      again(upSince === undefined ? 0 : clock.now() - upSince);
    });
  }
  connect();
  return {
    trouble: () => trouble,
    protocol: protocolName,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      if (client) await endPolitely(client);
    },
  };
}
