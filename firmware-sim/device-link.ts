import { connect, type MqttClient } from 'mqtt';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
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

interface Link {
  readonly options: DeviceLinkOptions;
  readonly outbox: Outbox;
  /** The client in use; callbacks of an earlier one are not listened to. */
  client: MqttClient | undefined;
  up: boolean;
  ended: boolean;
  /** Connections lost since the last PUBACK. */
  failures: number;
  retry: NodeJS.Timeout | undefined;
  silence: NodeJS.Timeout | undefined;
  onReady(): void;
  onRefused(error: Error): void;
}

/** Leaves the connection as it is and takes back what was on the wire. */
function forget(link: Link): void {
  const { client, outbox } = link;
  link.client = undefined;
  link.up = false;
  clearTimeout(link.silence);
  link.silence = undefined;
  outbox.recall();
  client?.end(true);
}

function reconnect(link: Link, why: string): void {
  if (link.ended || !link.client) return;
  forget(link);
  const { device, log, random } = link.options;
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** link.failures++);
  const wait_ms = Math.round(longest * (0.5 + random.next() / 2));
  log.debug({ device, why, wait_ms, unacknowledged: link.outbox.size() }, 'connection lost');
  link.retry = setTimeout(() => open(link), wait_ms);
}

function watchSilence(link: Link): void {
  const { ackTimeoutMs } = link.options;
  link.silence ??= setTimeout(() => {
    link.silence = undefined;
    if (link.outbox.flying() > 0) reconnect(link, `no PUBACK for ${ackTimeoutMs} ms`);
  }, ackTimeoutMs);
}

function publishWaiting(link: Link): void {
  const { client, outbox } = link;
  if (!client || !link.up) return;
  for (let message = outbox.take(); message; message = outbox.take()) {
    const sent = message;
    client.publish(sent.topic, sent.payload, { qos: 1 }, (error) => {
      if (link.client !== client) return;
      if (error) return reconnect(link, error.message);
      link.failures = 0;
      link.silence?.refresh();
      sent.resolve();
      outbox.settle(sent);
      publishWaiting(link);
    });
    watchSilence(link);
  }
}

/**
 * A fresh mqtt.js client per connection: its own reconnecting has no back-off, and what it replays from its store
 * may be lost or sent twice. So the unacknowledged go back to the head of our outbox, and the next connection
 * starts from there.
 */
function open(link: Link): void {
  const { url, device, user, password } = link.options;
  const client = connect(url, {
    clientId: device,
    username: user,
    password,
    protocolVersion: 4,
    clean: true,
    keepalive: KEEPALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
  });
  link.client = client;
  client.on('connect', () => {
    if (link.client !== client) return;
    link.up = true;
    link.onReady();
    publishWaiting(link);
  });
  let why = 'closed by the broker';
  client.on('error', (error) => {
    why = error.message || String(error);
    const code = 'code' in error ? Number(error.code) : Number.NaN;
    if (link.client === client && REFUSALS.has(code)) link.onRefused(error);
  });
  client.on('close', () => {
    if (link.client === client) reconnect(link, why);
  });
}

async function destroy(link: Link): Promise<void> {
  if (link.ended) return;
  link.ended = true;
  clearTimeout(link.retry);
  const { client, up, outbox } = link;
  // Without anything in flight mqtt.js says DISCONNECT; otherwise `end` would wait for PUBACKs that may not come.
  if (client && up && outbox.flying() === 0) {
    link.client = undefined;
    await client.endAsync(false);
  }
  forget(link);
  const error = new Error(`${link.options.device}: closed before the broker acknowledged`);
  link.onRefused(error);
  outbox.rejectAll(error);
}

/** Connects one device and keeps it connected. */
export function openDeviceLink(options: DeviceLinkOptions): DeviceLink {
  const { device } = options;
  const outbox = createOutbox(options.window, options.outboxLimit);
  const link: Link = {
    options,
    outbox,
    client: undefined,
    up: false,
    ended: false,
    failures: 0,
    retry: undefined,
    silence: undefined,
    onReady: () => {},
    onRefused: () => {},
  };
  const ready = new Promise<void>((resolve, reject) => {
    link.onReady = resolve;
    link.onRefused = reject;
  });
  open(link);
  return {
    ready,
    send: (topic, payload) =>
      new Promise((resolve, reject) => {
        if (link.ended) return reject(new Error(`${device}: the link is closed`));
        if (!outbox.add({ topic, payload, resolve, reject })) {
          return reject(new Error(`${device}: the outbox is full`));
        }
        publishWaiting(link);
      }),
    unacknowledged: outbox.size,
    connected: () => link.up,
    drained: outbox.drained,
    destroy: () => destroy(link),
  };
}
