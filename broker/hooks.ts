import { setTimeout as sleep } from 'node:timers/promises';
import type { AedesOptions, AuthErrorCode, AuthenticateError, Client, PublishPacket } from 'aedes';
import type { RawMessage } from '../model/reading.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import type { BrokerOptions } from './broker.ts';
import { isOrdinaryFilter } from './filters.ts';
import type { BrokerLimits } from './limits.ts';
import type { Session, Sessions } from './sessions.ts';

/** CONNACK return codes of MQTT 3.1.1, 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const BAD_USER_NAME_OR_PASSWORD = 4;

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'>
>;

export interface HookState {
  readonly options: BrokerOptions;
  readonly limits: BrokerLimits;
  readonly sessions: Sessions;
  /** Packets that are answered but go to no subscriber. */
  readonly withheld: WeakSet<object>;
  readonly nextMessageId: () => string;
  readonly isClosing: () => boolean;
  /** Told of every message whose durability is not yet known. */
  readonly pending: { begun(): void; settled(): void };
}

function refusal(returnCode: number, text: string): AuthenticateError {
  return Object.assign(new Error(text), { returnCode: returnCode as AuthErrorCode });
}

/** A name from the wire, fit for a log line. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

function addressOf(client: Client): string {
  return 'remoteAddress' in client.conn ? String(client.conn.remoteAddress) : '';
}

/** What Aedes asks before it lets anything through. */
export function hooksOf(state: HookState): Hooks {
  const attempts = createAttempts(state.limits.maxFailedSignIns, state.limits.signInRestMs);
  return {
    preConnect: (_client, packet, done) => {
      // Sessions end with their connection: Aedes puts no bound on what it would keep for one that stays away.
      packet.clean = true;
      done(null, true);
    },
    authenticate: (client, user, password, done) => {
      signIn(state, attempts, client, user, password).then(
        (error) => done(error ?? null, error === undefined),
        (error: unknown) => {
          state.options.log.error({ error, client: shown(client.id) }, 'a sign-in could not be checked');
          done(refusal(SERVER_UNAVAILABLE, 'the sign-in could not be checked'), false);
        },
      );
    },
    authorizePublish: (client, packet, done) => publish(state, client, packet, done),
    authorizeSubscribe: (client, subscription, done) => {
      done(null, maySubscribe(state, client, subscription.topic) ? subscription : null);
    },
  };
}

function maySubscribe({ options, limits, sessions }: HookState, client: Client, filter: string): boolean {
  const session = sessions.of(client);
  if (session?.filters.has(filter)) return true;
  const fields = { code: 'subscription_forbidden', user: session?.user, filter: shown(filter) };
  if (session === undefined || !isOrdinaryFilter(filter) || !options.maySubscribe(session.user, filter)) {
    options.log.info(fields, 'no such right');
    return false;
  }
  if (session.filters.size >= limits.maxSubscriptions) {
    options.log.warn(fields, `more than ${limits.maxSubscriptions} subscriptions of one connection`);
    return false;
  }
  session.filters.add(filter);
  return true;
}

/** Undefined when the client may come in. */
async function signIn(
  { options, limits, sessions }: HookState,
  attempts: Attempts,
  client: Client,
  user: string | undefined,
  password: Buffer | undefined,
): Promise<AuthenticateError | undefined> {
  if (client.id.length > limits.maxClientIdLength) {
    return refusal(IDENTIFIER_REJECTED, `client id longer than ${limits.maxClientIdLength}`);
  }
  const credentials = { clientId: client.id, user: user ?? '', password: password?.toString() ?? '' };
  const address = addressOf(client);
  const fields = { code: 'login_refused', client: shown(client.id), user: shown(credentials.user), address };
  const pair = `${credentials.user.slice(0, 80)} ${address}`;
  if (attempts.rests(pair, options.clock.now())) {
    options.log.info({ ...fields, code: 'too_many_attempts' }, 'too many wrong passwords: it rests');
    return refusal(BAD_USER_NAME_OR_PASSWORD, 'too many attempts');
  }
  if (credentials.user === '' || !(await options.authenticate(credentials))) {
    attempts.failed(pair, options.clock.now());
    options.log.warn(fields, 'the device name or its password is wrong');
    return refusal(BAD_USER_NAME_OR_PASSWORD, 'bad user name or password');
  }
  attempts.succeeded(pair);
  if (sessions.signIn(client, credentials.user)) return undefined;
  options.log.warn(fields, `more than ${limits.maxConnectionsPerUser} connections of one user`);
  return refusal(SERVER_UNAVAILABLE, 'too many connections');
}

/** Who is too fast is acknowledged later: Aedes reads on when it has answered, so that the sender's socket fills. */
function inItsTime({ pace }: Session, outcome: Promise<void>, now: number): Promise<void> {
  const waitMs = pace.take(now);
  return waitMs === 0 ? outcome : Promise.all([outcome, sleep(waitMs)]).then(() => {});
}

function publish(
  state: HookState,
  client: Client | null,
  packet: PublishPacket,
  done: (error?: Error | null) => void,
): void {
  const { options, limits, sessions, withheld } = state;
  const session = client === null ? undefined : sessions.of(client);
  if (session === undefined || state.isClosing()) {
    done(new Error(session ? 'the broker is closing' : 'nobody signed in'));
    return;
  }
  const { topic, payload } = packet;
  const message: RawMessage = {
    id: state.nextMessageId(),
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    client: session.user,
    received: options.clock.now(),
  };
  const allowed = options.mayPublish(session.user, topic);
  if (!allowed || parseTelemetryTopic(topic) === undefined) withheld.add(packet);
  const outcome = allowed
    ? options.accept(message)
    : options.refuse(message, 'topic_forbidden', `${session.user} may not publish to ${shown(topic)}`);
  if (packet.retain && message.payload.length > limits.maxRetainedBytes) packet.retain = false;
  state.pending.begun();
  session.line.add(inItsTime(session, outcome, message.received), (error) => {
    state.pending.settled();
    if (error) {
      const fields = { message: message.id, client: session.user, error };
      options.log.error(fields, 'a message could not be kept: it is not acknowledged');
    }
    done(error ?? null);
  });
}
