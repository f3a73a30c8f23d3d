import type { Client } from 'aedes';
import { type AckLine, ackLine } from './ack-line.ts';

/** Who is behind a connection that signed in. */
export interface Session {
  readonly user: string;
  readonly line: AckLine;
}

export interface Sessions {
  signIn(client: Client, user: string): void;
  of(client: Client): Session | undefined;
  /** The connection is usable now, until its socket closes. */
  ready(client: Client): void;
  size(): number;
  users(): readonly string[];
  clientsOf(user: string): readonly Client[];
}

export function createSessions(): Sessions {
  const sessions = new WeakMap<Client, Session>();
  const live = new Set<Client>();
  return {
    signIn: (client, user) => sessions.set(client, { user, line: ackLine() }),
    of: (client) => sessions.get(client),
    ready: (client) => {
      if (client.conn.destroyed) return;
      live.add(client);
      client.conn.once('close', () => live.delete(client));
    },
    size: () => live.size,
    users: () => [...new Set([...live].map((client) => sessions.get(client)!.user))],
    clientsOf: (user) => [...live].filter((client) => sessions.get(client)!.user === user),
  };
}
