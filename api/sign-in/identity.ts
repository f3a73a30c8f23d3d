import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECOND_MS } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { Directory } from '../../model/directory.ts';
import type { SessionView } from '../../model/views/session.ts';
import type { UserRecord, UserRecords } from '../../store/records/contract.ts';
import type { CheckCredentials } from './credentials.ts';
import { LONGEST_MS, type Sessions } from './sessions.ts';

/** Who asks. `session` is the id in the cookie; undefined for a script that sends its password. */
export interface Identity extends SessionView {
  readonly session?: string | undefined;
}

export interface SignIn {
  /** Who asks, by cookie or HTTP Basic; null when nobody says. Throws when a password is sent and is wrong. */
  identify(request: FastifyRequest): Promise<Identity | null>;
  /** Checks the password and sets the cookie. */
  begin(
    credentials: { readonly user: string; readonly password: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SessionView>;
  /** Ends the session that the cookie names and takes the cookie away. */
  end(request: FastifyRequest, reply: FastifyReply): void;
  isAlive(identity: Identity): boolean;
}

export interface SignInPorts {
  readonly users: Pick<UserRecords, 'get'>;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly check: CheckCredentials;
  /** What the operator of this machine shows instead of a password. */
  readonly operatorKey?: string | undefined;
}

const COOKIE = 'steward_session';

/** The user and password of `Authorization: Basic …` (RFC 7617); undefined when the header is another. */
function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]{1,2000})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

const OPERATOR: Identity = { user: 'operator', name: 'Operator of this machine', role: 'manager' };

/** Whether the header is `Bearer` and the key; takes as long for any key of the same length. */
function isKey(header: string, key: string): boolean {
  const given = Buffer.from(header);
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

export function createSignIn({ users, directory, sessions, check, operatorKey }: SignInPorts): SignIn {
  const viewOf = (user: UserRecord): SessionView => ({
    user: user.id,
    name: directory.person(user.id)?.name ?? user.id,
    role: user.role,
  });
  const cookieOptions = (request: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' }) as const;

  const bySession = async (id: string): Promise<Identity | null> => {
    const session = sessions.find(id);
    if (!session) return null;
    const user = await users.get(session.user);
    if (user?.password_hash === session.passwordHash) return { ...viewOf(user), session: id };
    sessions.end(id);
    return null;
  };

  return {
    identify: async (request) => {
      const id = request.cookies[COOKIE];
      const identity = id ? await bySession(id) : null;
      if (identity) return identity;
      const { authorization } = request.headers;
      if (!authorization) return null;
      if (operatorKey !== undefined && isKey(authorization, operatorKey)) return OPERATOR;
      const credentials = basicCredentials(authorization);
      if (!credentials) throw new StewardError('sign_in_refused', 'Authorization: only Basic is understood.');
      return viewOf(await check({ ...credentials, ip: request.ip }));
    },
    begin: async (credentials, request, reply) => {
      const user = await check({ ...credentials, ip: request.ip });
      const old = request.cookies[COOKIE];
      if (old) sessions.end(old);
      const id = sessions.begin({ user: user.id, passwordHash: user.password_hash });
      reply.setCookie(COOKIE, id, { ...cookieOptions(request), maxAge: LONGEST_MS / SECOND_MS });
      return viewOf(user);
    },
    end: (request, reply) => {
      const id = request.cookies[COOKIE];
      if (id) sessions.end(id);
      reply.clearCookie(COOKIE, cookieOptions(request));
    },
    isAlive: ({ session }) => session === undefined || sessions.isAlive(session),
  };
}
