import { setTimeout as sleep } from 'node:timers/promises';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { audienceOf } from './audience.ts';
import type { Broker, BrokerOptions } from './broker.ts';
import { attach, startListeners } from './connections.ts';
import { hooksOf } from './hooks.ts';
import { DEFAULT_BROKER_LIMITS } from './limits.ts';
import type { Listener } from './listener.ts';
import { keepRetained } from './retained.ts';
import { createSessions, type Sessions } from './sessions.ts';

/** Deliveries that may be under way at once, so that one slow subscriber does not hold up all the others. */
const CONCURRENCY = 1_000;
/** Packets of the first socket read that may wait for the sign-in that came with them. */
const QUEUE_BEFORE_SIGN_IN = 4_096;

interface Pending {
  begun(): void;
  settled(): void;
  none(): Promise<void>;
}

type Publish = (packet: PublishPacket, client: Client | null, done: (error?: Error) => void) => void;

/**
 * Lets answered packets that are not for subscribers end here, and those that nobody would hear: Aedes has no hook
 * between PUBACK and delivery.
 */
function withhold(aedes: Aedes, withheld: WeakSet<object>): void {
  const audience = audienceOf(aedes);
  const publish = aedes.publish.bind(aedes) as unknown as Publish;
  const filtered: Publish = (packet, client, done) => {
    const isFromClient = typeof client === 'object' && client !== null;
    const isHeard = !isFromClient || packet.retain || audience.hears(packet.topic);
    if (!isHeard || withheld.has(packet)) done();
    else publish(packet, client, done);
  };
  aedes.publish = filtered as unknown as Aedes['publish'];
}

/** Messages whose durability is not yet known. */
function pendingMessages(): Pending {
  let count = 0;
  let whenNone: (() => void) | undefined;
  return {
    begun: () => {
      count++;
    },
    settled: () => {
      count--;
      if (count === 0) whenNone?.();
    },
    none: () =>
      new Promise((resolve) => {
        if (count === 0) resolve();
        else whenNone = resolve;
      }),
  };
}

function watch(aedes: Aedes, sessions: Sessions, { log }: BrokerOptions): void {
  aedes.on('clientReady', (client) => {
    log.debug({ client: client.id, user: sessions.of(client)?.user }, 'connected');
  });
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) sessions.of(client)?.filters.delete(filter);
  });
  aedes.on('clientError', (client, error) => log.debug({ client: client.id, error }, 'a connection failed'));
  aedes.on('connectionError', (_client, error) => log.debug({ error }, 'a connection failed before sign-in'));
  aedes.on('keepaliveTimeout', (client) =>
    log.info({ user: sessions.of(client)?.user }, 'not heard in time'),
  );
  // Without this listener a failure inside Aedes would end the process.
  (aedes as NodeJS.EventEmitter).on('error', (error) =>
    log.error({ error }, 'the broker failed at something'),
  );
}

/**
 * The broker in this process. A QoS 1 or 2 message is acknowledged after `accept` has resolved, in the order in which
 * its client sent them; telemetry is passed on to subscribers after that. A message that its sender had no right to
 * publish is acknowledged as well, so that it is not sent for ever, but only kept in quarantine.
 *
 * Throws port_taken, or config_invalid for a bad certificate.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const limits = { ...DEFAULT_BROKER_LIMITS, ...options.limits };
  const sessions = createSessions(limits);
  const withheld = new WeakSet<object>();
  const pending = pendingMessages();
  const run = options.clock.now().toString(36);
  let messages = 0;
  let closing: Promise<void> | undefined;
  const hooks = hooksOf({
    options,
    limits,
    sessions,
    withheld,
    nextMessageId: () => `${run}-${(++messages).toString(36)}`,
    isClosing: () => closing !== undefined,
    pending,
  });
  const aedes = await Aedes.createBroker({
    ...hooks,
    concurrency: CONCURRENCY,
    queueLimit: QUEUE_BEFORE_SIGN_IN,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxClientsIdLength: limits.maxClientIdLength,
    maxInflightInbound: limits.maxInflightQos2,
  });
  withhold(aedes, withheld);
  keepRetained(aedes);
  watch(aedes, sessions, options);
  const closeAedes = (): Promise<void> => new Promise((resolve) => aedes.close(resolve));
  const { plain, secure } = await startListeners(
    options,
    limits,
    attach(aedes, sessions, options, limits),
  ).catch(async (error: unknown) => {
    await closeAedes();
    throw error;
  });

  const close = async (listeners: readonly Listener[]): Promise<void> => {
    const free = listeners.map((listener) => listener.stop());
    await Promise.race([pending.none(), sleep(limits.closeTimeoutMs, undefined, { ref: false })]);
    // The last acknowledgements are written in this turn of the event loop and the next.
    await sleep(10);
    await closeAedes();
    for (const listener of listeners) listener.endAll();
    await Promise.all(free);
  };

  return {
    port: plain.port,
    tlsPort: secure?.port ?? 0,
    publish: (topic, payload, { retain = false } = {}) =>
      new Promise((resolve, reject) => {
        if (closing) {
          reject(new Error('the broker is closed'));
          return;
        }
        const packet: PublishPacket = {
          cmd: 'publish',
          topic,
          payload: typeof payload === 'string' ? payload : Buffer.from(payload),
          qos: 1,
          retain,
          dup: false,
        };
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
      }),
    connected: () => sessions.users(),
    disconnect: async (user) => {
      await Promise.all(
        sessions.clientsOf(user).map((client) => new Promise<void>((resolve) => client.close(resolve))),
      );
    },
    health: () => ({
      ok: closing === undefined,
      detail: closing ? 'closing' : `${sessions.size()} clients on ${options.host}:${plain.port}`,
    }),
    close: () => {
      closing ??= close(secure ? [plain, secure] : [plain]);
      return closing;
    },
  };
}
