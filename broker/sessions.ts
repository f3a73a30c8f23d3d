import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { type AckLine, ackLine } from './ack-line.ts';
import { type Bucket, fullBucket, type Pace, take } from './pace.ts';
import type { Subscriber } from './subscriber.ts';

/** Who is behind a connection that signed in. */
export interface Session {
  readonly user: string;
  readonly line: AckLine;
  /** What is left of the user's paces, on all its connections. */
  readonly messages: Bucket;
  readonly bytes: Bucket;
  /** Undefined until it is granted a filter. */
  subscriber: Subscriber | undefined;
}

export interface Sessions {
  /** False when the user has as many connections as it may have. It counts until its socket closes. */
  signIn(client: Client, user: string): boolean;
  of(client: Client): Session | undefined;
  /** Counts a message; how long its acknowledgement must wait, so that its user is not too fast. */
  paceMs(session: Session, bytes: number, now: number): number;
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
  clients: readonly Client[];
  readonly messages: Bucket;
  readonly bytes: Bucket;
}

/** Ten thousand connections are usual: what is known of one is kept on it, and functions are shared by all. */
const SESSION = Symbol('session');
type Known = Client & { [SESSION]?: Session };

export function createSessions(
  limits: ConnectionLimits,
  onLeft: (session: Session, client: Client) => void,
): Sessions {
  const users = new Map<string, User>();
  let size = 0;
  const { burstSeconds } = limits;
  const pace = (perSecond: number): Pace => ({ perSecond, burst: perSecond * burstSeconds });
  const messagePace = pace(limits.maxMessagesPerSecond);
  const bytePace = pace(limits.maxBytesPerSecond);

  const newUser = (): User => ({
    clients: [],
    messages: fullBucket(messagePace),
    bytes: fullBucket(bytePace),
  });
  const leave = function (this: Duplex & { readonly client: Known }): void {
    const { client } = this;
    const session = client[SESSION]!;
    const user = users.get(session.user)!;
    user.clients = user.clients.filter((other) => other !== client);
    size--;
    if (user.clients.length === 0) users.delete(session.user);
    onLeft(session, client);
  };

  return {
    signIn: (client, name) => {
      if (client.conn.destroyed) return false;
      const user = users.get(name) ?? newUser();
      // A device that connects again under its client id takes over: the connection before does not count.
      const others = user.clients.filter((other) => other.id !== client.id);
      if (others.length >= limits.maxConnectionsPerUser) return false;
      users.set(name, user);
      user.clients = [...user.clients, client];
      size++;
      const { messages, bytes } = user;
      (client as Known)[SESSION] = { user: name, line: ackLine(), messages, bytes, subscriber: undefined };
      client.conn.on('close', leave);
      return true;
    },
    of: (client) => (client as Known)[SESSION],
    paceMs: ({ messages, bytes }, length, now) =>
      Math.max(take(messages, messagePace, 1, now), take(bytes, bytePace, length, now)),
    size: () => size,
    users: () => [...users.keys()],
    clientsOf: (user) => users.get(user)?.clients ?? [],
  };
}
