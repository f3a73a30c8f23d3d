import { Socket } from 'node:net';
import type { AuthErrorCode, AuthenticateError, Client } from 'aedes';
import type { Attempts } from './attempts.ts';
import type { BrokerOptions, Credentials } from './broker.ts';
import { certifiedBy, socketOf } from './certificate.ts';
import { clientIdOf, userOf } from './client-key.ts';
import type { BrokerLimits } from './limits.ts';
import type { Sessions } from './sessions.ts';
import { shown } from './shown.ts';

/** CONNACK return codes of MQTT 3.1.1, 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME_OR_PASSWORD = 4;

export interface SignInState {
  readonly options: BrokerOptions;
  readonly limits: BrokerLimits;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
}

function refusal(returnCode: number, text: string): AuthenticateError {
  return Object.assign(new Error(text), { returnCode: returnCode as AuthErrorCode });
}

export function addressOf(client: Client): string {
  const socket = socketOf(client);
  return socket instanceof Socket ? (socket.remoteAddress ?? '') : '';
}

/** Who the client is by its certificate, or by its password. */
async function isWhoItSays(
  { options }: SignInState,
  client: Client,
  credentials: Credentials,
): Promise<boolean> {
  const certified = certifiedBy(client);
  if (certified.kind === 'none') return options.authenticate(credentials);
  if (certified.kind === 'invalid') return false;
  const { name } = certified;
  // A user name may be given too, and must then be the same.
  return (credentials.user === '' || credentials.user === name) && options.isDevice(name);
}

async function check(
  state: SignInState,
  client: Client,
  given: { readonly user: string; readonly password: string },
): Promise<AuthenticateError | undefined> {
  const clientId = clientIdOf(client.id);
  const user = userOf(client.id);
  const { options, limits, sessions, attempts } = state;
  // 3.1.3.1: without an id there is no session to come back to.
  if (clientId === '') return refusal(IDENTIFIER_REJECTED, 'a durable session without a client id');
  if (clientId.length > limits.maxClientIdLength) {
    return refusal(IDENTIFIER_REJECTED, `client id longer than ${limits.maxClientIdLength}`);
  }
  const address = addressOf(client);
  const fields = { code: 'login_refused', client: shown(clientId), user: shown(user), address };
  const pair = `${user.slice(0, 80)} ${address}`;
  if (attempts.rests(pair, options.clock.now())) {
    options.log.info({ ...fields, code: 'too_many_attempts' }, 'too many wrong passwords: it rests');
    return refusal(BAD_USER_NAME_OR_PASSWORD, 'too many attempts');
  }
  if (!(await isWhoItSays(state, client, { clientId, ...given }))) {
    attempts.failed(pair, options.clock.now());
    options.log.warn(fields, 'the device name or its password is wrong');
    return refusal(BAD_USER_NAME_OR_PASSWORD, 'bad user name or password');
  }
  attempts.succeeded(pair);
  if (sessions.signIn(client, user)) return undefined;
  options.log.warn(fields, `more than ${limits.maxConnectionsPerUser} connections of one user`);
  return refusal(SERVER_UNAVAILABLE, 'too many connections');
}

/** Undefined when the client may come in. */
export async function signIn(
  state: SignInState,
  client: Client,
  given: { readonly user: string; readonly password: string },
): Promise<AuthenticateError | undefined> {
  try {
    return await check(state, client, given);
  } catch (error) {
    const { log } = state.options;
    log.error({ error, client: shown(clientIdOf(client.id)) }, 'a sign-in could not be checked');
    return refusal(SERVER_UNAVAILABLE, 'the sign-in could not be checked');
  }
}
