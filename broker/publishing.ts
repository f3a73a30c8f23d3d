import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PublishPacket } from 'aedes';
import type { RawMessage } from '../model/reading.ts';
import { standInLine } from './ack-line.ts';
import type { BrokerOptions } from './broker.ts';
import type { Session, Sessions } from './sessions.ts';
import { shown } from './shown.ts';

export interface PublishingState {
  readonly options: BrokerOptions;
  readonly sessions: Sessions;
  /** Packets that are answered but go to no subscriber. */
  readonly withheld: WeakSet<object>;
  readonly nextMessageId: () => string;
  readonly isClosing: () => boolean;
  /** Told of every message whose durability is not yet known. */
  readonly pending: { begun(): void; settled(): void };
}

/** A message that was handed on. */
interface Handed {
  readonly id: string;
  /** Resolves when it may be acknowledged. */
  readonly outcome: Promise<void>;
}

/** Who is too fast is acknowledged later: Aedes reads on when it has answered, so that the sender's socket fills. */
function after(waitMs: number, outcome: Promise<void>): Promise<void> {
  return waitMs === 0 ? outcome : Promise.all([outcome, sleep(waitMs)]).then(() => {});
}

/** Hands a message on, whether its sender may publish it or not. */
export function handOn(state: PublishingState, session: Session, packet: PublishPacket): Handed {
  const { options, withheld } = state;
  const { topic, payload } = packet;
  const message: RawMessage = {
    id: state.nextMessageId(),
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    client: session.user,
    received: options.clock.now(),
  };
  const allowed = options.mayPublish(session.user, topic);
  if (!allowed || !options.isForSubscribers(topic)) withheld.add(packet);
  const outcome = allowed
    ? options.accept(message)
    : options.refuse(message, 'topic_forbidden', `${session.user} may not publish to ${shown(topic)}`);
  state.pending.begun();
  return {
    id: message.id,
    outcome: after(state.sessions.paceMs(session, message.payload.length, message.received), outcome),
  };
}

/** To be called when the outcome of a message is known. */
export function settled(
  { options, pending }: PublishingState,
  id: string,
  user: string,
  error: Error | undefined,
): void {
  pending.settled();
  if (!error) return;
  const fields = { message: id, client: user, error };
  options.log.error(fields, 'a message could not be kept: it is not acknowledged');
}

/** Takes a message from Aedes; `done` when it may be acknowledged. */
export function publish(
  state: PublishingState,
  client: Client | null,
  packet: PublishPacket,
  done: (error?: Error | null) => void,
): void {
  const session = client === null ? undefined : state.sessions.of(client);
  if (session === undefined || state.isClosing()) {
    done(new Error(session ? 'the broker is closing' : 'nobody signed in'));
    return;
  }
  const { id, outcome } = handOn(state, session, packet);
  standInLine(session.line, outcome, (error) => {
    settled(state, id, session.user, error);
    done(error ?? null);
  });
}
