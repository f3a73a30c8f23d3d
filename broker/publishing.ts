import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PublishPacket } from 'aedes';
import type { RawMessage } from '../model/reading.ts';
import { standInLine } from './ack-line.ts';
import type { BrokerOptions } from './broker.ts';
import type { Sessions } from './sessions.ts';
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

/** Who is too fast is acknowledged later: Aedes reads on when it has answered, so that the sender's socket fills. */
function after(waitMs: number, outcome: Promise<void>): Promise<void> {
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
  const session = client === null ? undefined : state.sessions.of(client);
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
  const waitMs = state.sessions.paceMs(session, message.payload.length, message.received);
  standInLine(session.line, after(waitMs, outcome), (error) => {
    state.pending.settled();
    if (error) {
      const fields = { message: message.id, client: session.user, error };
      options.log.error(fields, 'a message could not be kept: it is not acknowledged');
    }
    done(error ?? null);
  });
}
