import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PublishPacket } from 'aedes';
import type { RawMessage } from '../model/reading.ts';
import type { BrokerOptions } from './broker.ts';
import type { Session } from './sessions.ts';
import { shown } from './shown.ts';

export interface PublishingState {
  readonly options: BrokerOptions;
  sessionOf(client: Client): Session | undefined;
  /** Packets that are answered but go to no subscriber. */
  readonly withheld: WeakSet<object>;
  readonly nextMessageId: () => string;
  readonly isClosing: () => boolean;
  /** Told of every message whose durability is not yet known. */
  readonly pending: { begun(): void; settled(): void };
}

/** Who is too fast is acknowledged later: Aedes reads on when it has answered, so that the sender's socket fills. */
function inItsTime({ pace, bytesPace }: Session, outcome: Promise<void>, message: RawMessage): Promise<void> {
  const { payload, received } = message;
  const waitMs = Math.max(pace.take(1, received), bytesPace.take(payload.length, received));
  return waitMs === 0 ? outcome : Promise.all([outcome, sleep(waitMs)]).then(() => {});
}

/** Hands a message on; `done` when it may be acknowledged. */
export function publish(
  state: PublishingState,
  client: Client | null,
  packet: PublishPacket,
  done: (error?: Error | null) => void,
): void {
  const { options, withheld } = state;
  const session = client === null ? undefined : state.sessionOf(client);
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
  if (!allowed || !options.isForSubscribers(topic)) withheld.add(packet);
  const outcome = allowed
    ? options.accept(message)
    : options.refuse(message, 'topic_forbidden', `${session.user} may not publish to ${shown(topic)}`);
  state.pending.begun();
  session.line.add(inItsTime(session, outcome, message), (error) => {
    state.pending.settled();
    if (error) {
      const fields = { message: message.id, client: session.user, error };
      options.log.error(fields, 'a message could not be kept: it is not acknowledged');
    }
    done(error ?? null);
  });
}
