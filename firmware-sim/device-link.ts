import { connect, type MqttClient } from 'mqtt';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
/** A connection that lived this long was a good one: the next loss starts with a short wait again. */
const GOOD_CONNECTION_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Half of what brokers allow at the most by default; mqtt.js pings. */
const KEEPALIVE_S = 45;
/** MQTT 3.1.1 CONNACK: identifier rejected, bad user name or password, not authorised. Asking again changes nothing. */
const REFUSALS = new Set([2, 4, 5]);

export interface DeviceLinkOptions {
  readonly url: string;
  readonly device: string;
  readonly user: string;
  readonly password: string;
  /** Messages on the wire without PUBACK. */
  readonly window: number;
  /** Messages kept while the broker is away; `send` rejects beyond it. */
  readonly outboxLimit: number;
  /** Silence of the broker after which an unacknowledged message is sent again over a new connection. */
  readonly ackTimeoutMs: number;
  readonly log: Log;
  readonly random: Random;
}

/** One device's connection. Its outbox is ours, mqtt.js holds nothing that we could not send again. */
export interface DeviceLink {
  /** Resolves at the first CONNACK; rejects when the broker refuses this device, or at `destroy`. */
  readonly ready: Promise<void>;
  /** Resolves at PUBACK. QoS 1: it may arrive twice when a PUBACK is lost. */
  send(topic: string, payload: string): Promise<void>;
  unacknowledged(): number;
  connected(): boolean;
  /** Resolves when nothing is unacknowledged. */
  drained(): Promise<void>;
  /** Ends the connection, politely when the broker still answers; what is not acknowledged is rejected. */
  destroy(): Promise<void>;
}

interface Message {
  readonly topic: string;
  readonly payload: string;
  resolve(): void;
  reject(error: Error): void;
}

interface LinkState {
  client: MqttClient | undefined;
  up: boolean;
  ended: boolean;
  failures: number;
  retry: NodeJS.Timeout | undefined;
  silence: NodeJS.Timeout | undefined;
  waiting: Message[];
  readonly flying: Set<Message>;
  onDrained: (() => void)[];
}

function settleDrained(state: LinkState): void {
  if (state.waiting.length + state.flying.size > 0) return;
  for (const drained of state.onDrained.splice(0)) drained();
}

/** Publishes while the window allows. Every callback checks that it speaks for the connection in use. */
function publishWaiting(state: LinkState, options: DeviceLinkOptions, drop: (why: string) => void): void {
  const { client, waiting, flying } = state;
  while (client && state.up && flying.size < options.window && waiting.length > 0) {
    const message = waiting.shift() as Message;
    flying.add(message);
    client.publish(message.topic, message.payload, { qos: 1 }, (error) => {
      if (state.client !== client) return;
      if (error) return drop(error.message);
      flying.delete(message);
      state.failures = 0;
      state.silence?.refresh();
      message.resolve();
      settleDrained(state);
      publishWaiting(state, options, drop);
    });
  }
  if (flying.size > 0 && !state.silence) {
    state.silence = setTimeout(() => {
      state.silence = undefined;
      if (state.flying.size > 0) drop(`no PUBACK for ${options.ackTimeoutMs} ms`);
    }, options.ackTimeoutMs);
  }
}

/**
 * A fresh mqtt.js client per connection: its own reconnecting has no back-off, and what it replays from its store
 * may be lost or sent twice. So the unacknowledged go back to the head of our outbox, in order, and the next
 * connection starts from there.
 */
export function openDeviceLink(options: DeviceLinkOptions): DeviceLink {
  const { device, log, random } = options;
  const state: LinkState = {
    client: undefined,
    up: false,
    ended: false,
    failures: 0,
    retry: undefined,
    silence: undefined,
    waiting: [],
    flying: new Set(),
    onDrained: [],
  };
  let onReady = (): void => {};
  let onRefused = (_error: Error): void => {};
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve;
    onRefused = reject;
  });

  const forget = (): void => {
    const client = state.client;
    state.client = undefined;
    state.up = false;
    clearTimeout(state.silence);
    state.silence = undefined;
    state.waiting = [...state.flying, ...state.waiting];
    state.flying.clear();
    client?.end(true);
  };
  const drop = (why: string): void => {
    if (state.ended || !state.client) return;
    forget();
    const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** state.failures++);
    const wait = Math.round(longest * (0.5 + random.next() / 2));
    log.debug({ device, why, wait_ms: wait, unacknowledged: state.waiting.length }, 'connection lost');
    state.retry = setTimeout(open, wait);
  };
  const open = (): void => {
    let openedAt = 0;
    const client = connect(options.url, {
      clientId: device,
      username: options.user,
      password: options.password,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
    });
    state.client = client;
    client.on('connect', () => {
      if (state.client !== client) return;
      openedAt = performance.now();
      state.up = true;
      onReady();
      publishWaiting(state, options, drop);
    });
    let reason = 'closed by the broker';
    client.on('error', (error) => {
      reason = error.message || String(error);
      const code = 'code' in error ? Number(error.code) : Number.NaN;
      if (state.client === client && REFUSALS.has(code)) onRefused(error);
    });
    client.on('close', () => {
      if (state.client !== client) return;
      if (openedAt > 0 && performance.now() - openedAt > GOOD_CONNECTION_MS) state.failures = 0;
      drop(reason);
    });
  };
  open();

  return {
    ready,
    send: (topic, payload) =>
      new Promise((resolve, reject) => {
        if (state.ended) return reject(new Error(`${device}: the link is closed`));
        if (state.waiting.length >= options.outboxLimit)
          return reject(new Error(`${device}: the outbox is full`));
        state.waiting.push({ topic, payload, resolve, reject });
        publishWaiting(state, options, drop);
      }),
    unacknowledged: () => state.waiting.length + state.flying.size,
    connected: () => state.up,
    drained: () =>
      new Promise((resolve) => {
        state.onDrained.push(resolve);
        settleDrained(state);
      }),
    destroy: async () => {
      if (state.ended) return;
      state.ended = true;
      clearTimeout(state.retry);
      const { client, up } = state;
      // Without anything in flight mqtt.js says DISCONNECT; otherwise `end` would wait for PUBACKs that may not come.
      const polite = up && state.flying.size === 0;
      if (client && polite) {
        state.client = undefined;
        await client.endAsync(false);
      }
      forget();
      const error = new Error(`${device}: closed before the broker acknowledged`);
      onRefused(error);
      for (const message of state.waiting.splice(0)) message.reject(error);
      settleDrained(state);
    },
  };
}
