import type { Log } from '../model/log.ts';
import type { MqttState, MqttStateContent } from '../store/mqtt-state/contract.ts';
import { type FilterIndex, filterIndex } from './filter-index.ts';
import type { Halfway } from './halfway.ts';
import type { Outbox } from './outbox.ts';
import { newSubscriber, type Subscriber } from './subscriber.ts';

export interface SessionLimits {
  /** Durable sessions, of one user and in all; with more, the one that was away for longest ends. */
  readonly maxSessionsPerUser: number;
  readonly maxSessions: number;
  /** A session whose client stays away for so long ends. */
  readonly sessionExpiryMs: number;
}

export interface DurableSessionsOptions {
  readonly limits: SessionLimits;
  readonly outbox: Outbox;
  readonly halfway: Halfway;
  readonly log: Log;
  readonly now: () => number;
  readonly state: MqttState | undefined;
}

/** Sessions that outlive their connections, by the client that they belong to. */
export interface DurableSessions {
  readonly size: number;
  /** Messages that wait for clients that are away, or are not acknowledged. */
  queued(): number;
  get(client: string): Subscriber | undefined;
  /** Makes one where there is none. */
  open(client: string, user: string): Subscriber;
  /** Its client is here: `left` ends that. */
  joined(session: Subscriber): void;
  grant(session: Subscriber, filter: string, qos: number): void;
  revoke(session: Subscriber, filter: string): void;
  left(session: Subscriber): void;
  end(client: string): void;
  endAllOf(user: string): void;
  /** Those that hear this topic at QoS 1 or 2. */
  hearing(topic: string): ReadonlySet<Subscriber>;
  /** Ends those that were away for too long. */
  expire(): void;
}

function restore({ sessions, messages }: MqttStateContent, now: number): Iterable<Subscriber> {
  const restored = new Map<string, Subscriber>();
  for (const { client, user, seen, filters } of sessions) {
    const session = newSubscriber(client, user, true, seen || now);
    for (const [filter, qos] of filters) session.filters.set(filter, qos);
    restored.set(client, session);
  }
  for (const { client, ...message } of messages) {
    const session = restored.get(client);
    if (!session) continue;
    session.lastPlace = message.place;
    if (message.messageId > 0) {
      session.inFlight.set(message.messageId, message);
      session.lastMessageId = message.messageId;
    } else session.waiting.push(message);
  }
  return restored.values();
}

export function createDurableSessions(options: DurableSessionsOptions): DurableSessions {
  const { limits, outbox, halfway, log, now, state } = options;
  const sessions = new Map<string, Subscriber>();
  const byUser = new Map<string, Set<Subscriber>>();
  const index: FilterIndex<Subscriber> = filterIndex();

  const file = (session: Subscriber, filter: string, qos: number): void => {
    if (qos > 0) index.add(filter, session);
    else index.delete(filter, session);
  };
  const put = ({ client, user, seen, filters }: Subscriber): void =>
    state?.putSession({ client, user, seen, filters: [...filters] });
  const add = (session: Subscriber): void => {
    sessions.set(session.client, session);
    byUser.set(session.user, (byUser.get(session.user) ?? new Set()).add(session));
  };
  const end = (session: Subscriber): void => {
    sessions.delete(session.client);
    const own = byUser.get(session.user);
    own?.delete(session);
    if (own?.size === 0) byUser.delete(session.user);
    for (const filter of session.filters.keys()) index.delete(filter, session);
    outbox.forget(session);
    halfway.deleteAllOf(session.client);
    state?.deleteSession(session.client);
  };
  const away = (among: Iterable<Subscriber>): Subscriber[] =>
    [...among].filter(({ connection }) => !connection);
  const endOldest = (among: Iterable<Subscriber>): void => {
    const oldest = away(among).sort((a, b) => a.seen - b.seen)[0];
    if (!oldest) return;
    log.warn({ user: oldest.user }, 'too many durable sessions: the one that was away for longest ends');
    end(oldest);
  };
  const makeRoom = (user: string): void => {
    const own = byUser.get(user);
    if (own && own.size >= limits.maxSessionsPerUser) endOldest(own);
    if (sessions.size >= limits.maxSessions) endOldest(sessions.values());
  };

  for (const session of state ? restore(state.load(), now()) : []) {
    add(session);
    outbox.adopt(session);
    for (const [filter, qos] of session.filters) file(session, filter, qos);
  }
  return {
    get size() {
      return sessions.size;
    },
    queued: () => {
      let count = 0;
      for (const { waiting, inFlight } of sessions.values()) count += waiting.length + inFlight.size;
      return count;
    },
    get: (client) => sessions.get(client),
    open: (client, user) => {
      const known = sessions.get(client);
      if (known) return known;
      makeRoom(user);
      const session = newSubscriber(client, user, true, now());
      add(session);
      put(session);
      return session;
    },
    joined: (session) => {
      session.seen = 0;
      put(session);
    },
    grant: (session, filter, qos) => {
      session.filters.set(filter, qos);
      file(session, filter, qos);
      put(session);
    },
    revoke: (session, filter) => {
      session.filters.delete(filter);
      index.delete(filter, session);
      put(session);
    },
    left: (session) => {
      session.connection = undefined;
      session.seen = now();
      if (sessions.get(session.client) === session) put(session);
    },
    end: (client) => {
      const session = sessions.get(client);
      if (session) end(session);
    },
    endAllOf: (user) => {
      for (const session of [...(byUser.get(user) ?? [])]) end(session);
    },
    hearing: (topic) => index.match(topic),
    expire: () => {
      const before = now() - limits.sessionExpiryMs;
      for (const session of away(sessions.values())) {
        if (session.seen >= before) continue;
        log.info({ user: session.user }, 'a durable session ends: its client was away for too long');
        end(session);
      }
    },
  };
}
