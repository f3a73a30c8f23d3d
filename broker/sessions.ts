import type { Client } from 'aedes';
import { type AckLine, ackLine } from './ack-line.ts';
import { createPace, type Pace } from './pace.ts';
import type { Subscriber } from './subscriber.ts';

/** Who is behind a connection that signed in. */
export interface Session {
  readonly user: string;
  readonly line: AckLine;
  /** Of messages and of bytes, shared by all connections of the user. */
  readonly pace: Pace;
  readonly bytesPace: Pace;
  /** Undefined until it is granted a filter. */
  subscriber: Subscriber | undefined;
}

export interface Sessions {
  /** False when the user has as many connections as it may have. It counts until its socket closes. */
  signIn(client: Client, user: string): boolean;
  of(client: Client): Session | undefined;
  size(): number;
  users(): readonly string[];
  clientsOf(user: string): readonly Client[];
}

export interface ConnectionLimits {
  readonly maxConnectionsPerUser: number;
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
  readonly burstSeconds: number;
}

interface User {
  readonly clients: Set<Client>;
  readonly pace: Pace;
  readonly bytesPace: Pace;
}

export function createSessions(
  limits: ConnectionLimits,
  onLeft: (session: Session, client: Client) => void,
): Sessions {
  const sessions = new WeakMap<Client, Session>();
  const users = new Map<string, User>();
  let size = 0;

  const { maxMessagesPerSecond, maxBytesPerSecond, burstSeconds } = limits;
  const createPaces = () => ({
    pace: createPace(maxMessagesPerSecond, maxMessagesPerSecond * burstSeconds),
    bytesPace: createPace(maxBytesPerSecond, maxBytesPerSecond * burstSeconds),
  });
  const leave = (name: string, user: User, client: Client): void => {
    user.clients.delete(client);
    size--;
    if (user.clients.size === 0) users.delete(name);
  };

  return {
    signIn: (client, name) => {
      if (client.conn.destroyed) return false;
      const user = users.get(name) ?? { clients: new Set(), ...createPaces() };
      // A device that connects again under its client id takes over: the connection before does not count.
      const others = [...user.clients].filter((other) => other.id !== client.id);
      if (others.length >= limits.maxConnectionsPerUser) return false;
      users.set(name, user);
      user.clients.add(client);
      size++;
      const session = {
        user: name,
        line: ackLine(),
        pace: user.pace,
        bytesPace: user.bytesPace,
        subscriber: undefined,
      };
      client.conn.once('close', () => {
        leave(name, user, client);
        onLeft(session, client);
      });
      sessions.set(client, session);
      return true;
    },
    of: (client) => sessions.get(client),
    size: () => size,
    users: () => [...users.keys()],
    clientsOf: (user) => [...(users.get(user)?.clients ?? [])],
  };
}
