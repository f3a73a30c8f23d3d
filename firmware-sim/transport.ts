import { StewardError } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import type { Random } from '../model/random.ts';
import { type DeviceLink, openDeviceLink } from './device-link.ts';

/** Connections that are being made at one time: a broker with a short accept queue refuses a rush. */
const CONNECTING_AT_ONCE = 32;

export interface FleetLinkOptions {
  /** `mqtt://host:port`, or `mqtts://` for TLS. */
  readonly url: string;
  credentials(device: string): { readonly user: string; readonly password: string };
  readonly devices: readonly { readonly device: string }[];
  readonly log: Log;
  /** Spreads reconnections over time. */
  readonly random: Random;
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal | undefined;
  /** How long the whole fleet may take to connect for the first time; 30 s. */
  readonly connectTimeoutMs?: number;
  /** Unacknowledged messages of one device on the wire; 16. */
  readonly window?: number;
  /** Messages that one device keeps while the broker is away; 10,000. */
  readonly outboxLimit?: number;
  /** Silence after which a device sends again over a new connection; 60 s. */
  readonly ackTimeoutMs?: number;
}

/** A fleet's connections: one MQTT client a device, QoS 1, kept in memory until the broker has acknowledged. */
export interface FleetLink {
  /**
   * Resolves at PUBACK. Rejects when the device is not of the fleet, its outbox is full, or the link is closed
   * before. A lost PUBACK means a second delivery (QoS 1).
   */
  send(device: string, topic: string, payload: string): Promise<void>;
  unacknowledged(): number;
  connected(): number;
  /** Waits for what is on its way, at most `timeoutMs`, and ends every connection; says what was not acknowledged. */
  close(timeoutMs?: number): Promise<{ readonly unacknowledged: number }>;
}

function firstFailure(options: FleetLinkOptions): { readonly failed: Promise<never>; clear(): void } {
  const { url, signal, connectTimeoutMs = 30_000 } = options;
  let clear = (): void => {};
  const failed = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const seconds = connectTimeoutMs / 1000;
      reject(
        new StewardError('broker_unreachable', `${url}: not every device could connect within ${seconds} s`),
      );
    }, connectTimeoutMs);
    const abort = (): void => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  return { failed, clear };
}

/** Opens the links a few at a time; stops at the first that the broker refuses. */
async function openAll(
  options: FleetLinkOptions,
  links: Map<string, DeviceLink>,
  stop: AbortSignal,
): Promise<void> {
  const { url, credentials, devices, log, random } = options;
  const queue = devices.values();
  const worker = async (): Promise<void> => {
    for (const { device } of queue) {
      if (stop.aborted) return;
      const link = openDeviceLink({
        url,
        device,
        ...credentials(device),
        window: options.window ?? 16,
        outboxLimit: options.outboxLimit ?? 10_000,
        ackTimeoutMs: options.ackTimeoutMs ?? 60_000,
        log,
        random: random.fork(device),
      });
      links.set(device, link);
      await link.ready.catch((error: Error) => {
        throw new StewardError('login_refused', `${url} refuses ${device}: ${error.message}`, {
          cause: error,
        });
      });
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, worker));
}

/** Lets what is sent arrive, at most `timeoutMs`, then ends every link. */
async function closeAll(links: readonly DeviceLink[], timeoutMs: number): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([Promise.all(links.map((link) => link.drained())), late]);
  clearTimeout(timer);
  const unacknowledged = links.reduce((sum, link) => sum + link.unacknowledged(), 0);
  await Promise.all(links.map((link) => link.destroy()));
  return unacknowledged;
}

/**
 * Connects every device with its own credentials. Later losses of connection heal by themselves, with back-off.
 *
 * Throws login_refused when the broker refuses a device, broker_unreachable when the fleet is not connected in
 * time, and the signal's reason when it is aborted; then no connection is left.
 */
export async function connectFleet(options: FleetLinkOptions): Promise<FleetLink> {
  const links = new Map<string, DeviceLink>();
  const stop = new AbortController();
  const { failed, clear } = firstFailure(options);
  try {
    await Promise.race([openAll(options, links, stop.signal), failed]);
  } catch (error) {
    stop.abort();
    await closeAll([...links.values()], 0);
    throw error;
  } finally {
    clear();
  }
  options.log.info({ devices: links.size, url: options.url }, 'simulated devices are connected');
  const all = [...links.values()];
  return {
    send: async (device, topic, payload) => {
      const link = links.get(device);
      if (!link) throw new Error(`no device "${device}" in this fleet`);
      await link.send(topic, payload);
    },
    unacknowledged: () => all.reduce((sum, link) => sum + link.unacknowledged(), 0),
    connected: () => all.filter((link) => link.connected()).length,
    close: async (timeoutMs = 5_000) => ({ unacknowledged: await closeAll(all, timeoutMs) }),
  };
}
