import { setTimeout as sleep } from 'node:timers/promises';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { createAttempts } from './attempts.ts';
import type { Broker, BrokerOptions } from './broker.ts';
import { clientIdOf } from './client-key.ts';
import { attach, startListeners } from './connections.ts';
import { createDurableSessions, type DurableSessions } from './durable-sessions.ts';
import { createHalfway } from './halfway.ts';
import { type HookState, hooksOf } from './hooks.ts';
import { forgetConnect, lighten, lightenPackets } from './lighten.ts';
import { type BrokerLimits, DEFAULT_BROKER_LIMITS } from './limits.ts';
import type { Listener } from './listener.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { pendingMessages } from './pending.ts';
import { forwarderOf, persistenceOf, withoutNumberCheck } from './persistence.ts';
import { createRetained } from './retained.ts';
import { createSessions, type Session, type Sessions } from './sessions.ts';
import { addressOf } from './sign-in.ts';
import { createStatistics } from './statistics.ts';
import { strictParser } from './strict-parser.ts';
import type { Subscriber } from './subscriber.ts';
import { telemetryLane } from './telemetry-lane.ts';
import { newTraffic } from './traffic.ts';
import { withhold } from './withhold.ts';

/** Deliveries that may be under way at once, so that one slow subscriber does not hold up all the others. */
const CONCURRENCY = 1_000;
/** Packets of the first socket read that may wait for the sign-in that came with them. */
const QUEUE_BEFORE_SIGN_IN = 4_096;
/** CONNACK return code of MQTT 3.1.1, 3.2.2.3. */
const UNACCEPTABLE_VERSION = 1;
const EXPIRE_EVERY_MS = 60_000;
/** Aedes asks for the length of a client id only of MQTT 3.1, and by our key: see sign-in.ts. */
const NO_LENGTH_LIMIT = 65_535;

/** What Aedes is made of here. */
interface Parts {
  readonly sessions: Sessions;
  readonly durable: DurableSessions;
  readonly outbox: Outbox;
  readonly subscriberOf: (client: Client) => Subscriber | undefined;
}

function watch(
  aedes: Aedes,
  { sessions, durable, outbox, subscriberOf }: Parts,
  { log }: BrokerOptions,
): void {
  aedes.on('clientReady', (client) => {
    forgetConnect(client);
    const session = subscriberOf(client);
    if (session?.durable) {
      durable.joined(session);
      outbox.resume(session, client);
    }
    log.debug({ client: clientIdOf(client.id), user: sessions.of(client)?.user }, 'connected');
  });
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) subscriberOf(client)?.filters.delete(filter);
  });
  aedes.on('clientError', (client, error) =>
    log.debug({ client: clientIdOf(client.id), error }, 'a connection failed'),
  );
  aedes.on('connectionError', (client, error) => {
    if ((error as { errorCode?: number }).errorCode === UNACCEPTABLE_VERSION) {
      log.info(
        { code: 'packet_malformed', address: addressOf(client) },
        `${error.message}: it is turned away`,
      );
    }
    log.debug({ error }, 'a connection failed before sign-in');
  });
  aedes.on('keepaliveTimeout', (client) =>
    log.info({ user: sessions.of(client)?.user }, 'not heard in time'),
  );
  // Without this listener a failure inside Aedes would end the process.
  (aedes as NodeJS.EventEmitter).on('error', (error) =>
    log.error({ error }, 'the broker failed at something'),
  );
}

/** Everything that is kept between the packets of clients. */
function createParts(options: BrokerOptions, limits: BrokerLimits) {
  const { state, log, clock } = options;
  const traffic = newTraffic();
  const outbox = createOutbox({ limits, traffic, log, state });
  const halfway = createHalfway(limits.maxInflightQos2, state);
  const durable = createDurableSessions({ limits, outbox, halfway, log, now: clock.now, state });
  const left = ({ subscriber }: Session, client: Client): void => {
    if (subscriber?.connection !== client) return;
    if (subscriber.durable) durable.left(subscriber);
    else outbox.forget(subscriber);
  };
  const sessions = createSessions(limits, left);
  const subscriberOf = (client: Client): Subscriber | undefined => {
    const session = sessions.of(client);
    if (session && !client.clean) session.subscriber ??= durable.get(client.id);
    return session?.subscriber;
  };
  const retained = createRetained(limits, state, log);
  return { traffic, outbox, halfway, durable, sessions, subscriberOf, retained, state };
}

function tellStatistics(
  aedes: Aedes,
  { traffic, sessions, durable, retained }: ReturnType<typeof createParts>,
  { version, clock }: BrokerOptions,
  { statisticsEveryMs }: BrokerLimits,
): NodeJS.Timeout {
  const read = createStatistics({
    version,
    traffic,
    now: clock.now,
    clients: sessions.size,
    sessions: () => durable.size,
    queued: durable.queued,
    retained: () => retained.size,
  });
  const tell = (): void => {
    for (const [topic, payload] of read()) {
      aedes.publish({ cmd: 'publish', topic, payload, qos: 0, retain: true, dup: false }, () => {});
    }
  };
  tell();
  return setInterval(tell, statisticsEveryMs);
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
  const parts = createParts(options, limits);
  const { sessions, durable } = parts;
  const withheld = new WeakSet<object>();
  const pending = pendingMessages();
  const run = options.clock.now().toString(36);
  let messages = 0;
  let closing: Promise<void> | undefined;
  const state: HookState = {
    options,
    limits,
    sessions,
    durable,
    withheld,
    attempts: createAttempts(limits.maxFailedSignIns, limits.signInRestMs),
    subscriberOf: parts.subscriberOf,
    nextMessageId: () => `${run}-${(++messages).toString(36)}`,
    isClosing: () => closing !== undefined,
    pending,
  };
  const aedes = await Aedes.createBroker({
    ...hooksOf(state),
    persistence: persistenceOf(parts),
    authorizeForward: forwarderOf(parts),
    concurrency: CONCURRENCY,
    queueLimit: QUEUE_BEFORE_SIGN_IN,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxClientsIdLength: NO_LENGTH_LIMIT,
    maxInflightInbound: 0,
  });
  lightenPackets();
  const passOn = withhold(aedes, withheld, durable);
  const beStrict = strictParser({
    ...parts,
    takeTelemetry: telemetryLane(state, passOn),
    onMalformed: (client, flaw) => {
      const fields = {
        code: 'packet_malformed',
        user: sessions.of(client)?.user,
        address: addressOf(client),
      };
      options.log.info(fields, `${flaw}: the connection is ended`);
    },
  });
  const prepare = (client: Client): void => {
    beStrict(client);
    lighten(client);
  };
  withoutNumberCheck(aedes);
  watch(aedes, parts, options);
  durable.expire();
  const expiring = setInterval(durable.expire, EXPIRE_EVERY_MS);
  const telling = tellStatistics(aedes, parts, options, limits);
  const closeAedes = (): Promise<void> => {
    clearInterval(expiring);
    clearInterval(telling);
    return new Promise((resolve) => aedes.close(resolve));
  };
  const listeners = await startListeners(
    options,
    limits,
    attach({ ...parts, aedes, limits, log: options.log, prepare }),
  ).catch(async (error: unknown) => {
    await closeAedes();
    throw error;
  });

  const close = async (open: readonly Listener[]): Promise<void> => {
    const free = open.map((listener) => listener.stop());
    await Promise.race([pending.none(), sleep(limits.closeTimeoutMs, undefined, { ref: false })]);
    // The last acknowledgements are written in this turn of the event loop and the next.
    await sleep(10);
    await closeAedes();
    for (const listener of open) listener.endAll();
    await Promise.all(free);
  };

  return {
    port: listeners.plain.port,
    tlsPort: listeners.secure?.port ?? 0,
    webSocketPort: listeners.webSocket?.port ?? 0,
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
    revoke: async (user) => {
      await Promise.all(
        sessions.clientsOf(user).map((client) => new Promise<void>((resolve) => client.close(resolve))),
      );
      durable.endAllOf(user);
    },
    traffic: () => parts.traffic,
    kept: () => ({ sessions: durable.size, queued: durable.queued(), retained: parts.retained.size }),
    health: () => ({
      ok: closing === undefined,
      detail: closing ? 'closing' : `${sessions.size()} clients on ${options.host}:${listeners.plain.port}`,
    }),
    close: () => {
      closing ??= close(Object.values(listeners).filter((listener) => listener !== undefined));
      return closing;
    },
  };
}
