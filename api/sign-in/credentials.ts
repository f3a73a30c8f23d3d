import { createHmac, randomBytes } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../../model/clock.ts';
import { StewardError } from '../../model/codes.ts';
import type { UserRecord, UserRecords } from '../../store/records/contract.ts';
import { hashOfNobody, verifyPassword } from '../password.ts';
import { RetryLater } from '../problem.ts';
import { createAttempts } from './attempts.ts';

/** A name and a password, and the address that they come from. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly ip: string;
}

/**
 * Resolves to the user whose password it is.
 *
 * Throws `sign_in_refused` (the same for an unknown name, after the same time) or `too_many_attempts`.
 */
export type CheckCredentials = (credentials: Credentials) => Promise<UserRecord>;

const PER_USER = { limit: 5, windowMs: MINUTE_MS };
/** Guessing one password for many names. */
const PER_ADDRESS = { limit: 60, windowMs: MINUTE_MS };
/** A script that sends its password with every request must not cost 0.3 s of scrypt each time. */
const REMEMBER_MS = 5 * MINUTE_MS;
const MOST_REMEMBERED = 1_000;

interface Proof {
  readonly user: UserRecord;
  readonly until: number;
}

export function createCredentialsCheck(users: Pick<UserRecords, 'get'>, clock: Clock): CheckCredentials {
  const perUser = createAttempts(clock, PER_USER);
  const perAddress = createAttempts(clock, PER_ADDRESS);
  // Keyed by a MAC under a key of this process: no password stays in memory.
  const macKey = randomBytes(32);
  const proofs = new Map<string, Promise<Proof>>();
  const nobody = hashOfNobody();

  const verify = async ({ user: id, password, ip }: Credentials): Promise<Proof> => {
    const userKey = `${id} ${ip}`;
    const wait = Math.max(perUser.take(userKey), perAddress.take(ip));
    if (wait > 0) throw new RetryLater('too_many_attempts', `Wait ${wait} s before the next attempt.`, wait);
    const user = await users.get(id);
    const fits = await verifyPassword(password, user?.password_hash ?? nobody);
    if (!user || !fits) throw new StewardError('sign_in_refused', 'The name or the password is wrong.');
    perUser.giveBack(userKey);
    perAddress.giveBack(ip);
    return { user, until: clock.now() + REMEMBER_MS };
  };

  return async (credentials) => {
    const { user, password } = credentials;
    const key = createHmac('sha256', macKey).update(`${user}\0${password}`).digest('base64url');
    const known = await proofs.get(key)?.catch(() => undefined);
    if (known && known.until > clock.now()) {
      const current = await users.get(user);
      if (current?.password_hash === known.user.password_hash) return current;
    }
    if (known) proofs.delete(key);
    let proof = proofs.get(key);
    if (!proof) {
      proof = verify(credentials);
      if (proofs.size >= MOST_REMEMBERED) proofs.delete(proofs.keys().next().value as string);
      proofs.set(key, proof);
      proof.catch(() => proofs.delete(key));
    }
    return (await proof).user;
  };
}
