import { createHash, randomBytes } from 'node:crypto';
import { type Clock, DAY_MS, HOUR_MS } from '../../model/clock.ts';

/** Who signed in, and with which password: another password or another user's record ends the session. */
export interface Session {
  readonly user: string;
  readonly passwordHash: string;
}

/** Sessions in memory: a restart asks everybody to sign in again. Ids are 256 random bits and are kept hashed. */
export interface Sessions {
  /** Resolves to the id for the cookie; nobody can learn it from us later. */
  begin(session: Session): string;
  /** Undefined when there is none, when it idled too long or is too old. Being asked for keeps it alive. */
  find(id: string): Session | undefined;
  /** As `find`, without keeping it alive. */
  isAlive(id: string): boolean;
  end(id: string): void;
}

const IDLE_MS = 12 * HOUR_MS;
/** Also what the cookie says. */
export const LONGEST_MS = 7 * DAY_MS;
const MOST = 10_000;

interface Kept {
  readonly session: Session;
  readonly begun: number;
  used: number;
}

export function createSessions(clock: Clock): Sessions {
  const kept = new Map<string, Kept>();
  const keyOf = (id: string): string => createHash('sha256').update(id).digest('base64url');
  const alive = (id: string): Kept | undefined => {
    const entry = kept.get(keyOf(id));
    if (!entry) return undefined;
    const now = clock.now();
    if (now - entry.used <= IDLE_MS && now - entry.begun <= LONGEST_MS) return entry;
    kept.delete(keyOf(id));
    return undefined;
  };
  return {
    begin: (session) => {
      const id = randomBytes(32).toString('base64url');
      if (kept.size >= MOST) kept.delete(kept.keys().next().value as string);
      kept.set(keyOf(id), { session, begun: clock.now(), used: clock.now() });
      return id;
    },
    find: (id) => {
      const entry = alive(id);
      if (entry) entry.used = clock.now();
      return entry?.session;
    },
    isAlive: (id) => alive(id) !== undefined,
    end: (id) => {
      kept.delete(keyOf(id));
    },
  };
}
