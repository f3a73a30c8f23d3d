import type { Client, Subscription } from 'aedes';
import type { BrokerOptions } from './broker.ts';
import type { DurableSessions } from './durable-sessions.ts';
import { isFilter } from './filters.ts';
import type { BrokerLimits } from './limits.ts';
import { NO_FILTER } from './persistence.ts';
import type { Session, Sessions } from './sessions.ts';
import { shown } from './shown.ts';
import { newSubscriber, type Subscriber } from './subscriber.ts';

export interface SubscribingState {
  readonly options: BrokerOptions;
  readonly limits: BrokerLimits;
  readonly durable: DurableSessions;
  readonly sessions: Sessions;
  subscriberOf(client: Client): Subscriber | undefined;
}

function subscriberFor(state: SubscribingState, client: Client, session: Session): Subscriber {
  const known = state.subscriberOf(client);
  if (known) return known;
  const made = newSubscriber(client.id, session.user, false, 0);
  made.connection = client;
  session.subscriber = made;
  return made;
}

/** Whether this is granted; the filters of a durable session are asked for again when its client comes back. */
export function subscribe(state: SubscribingState, client: Client, { topic, qos }: Subscription): boolean {
  const { options, limits, durable } = state;
  const session = state.sessions.of(client);
  if (topic === NO_FILTER || session === undefined) return false;
  const fields = { code: 'subscription_forbidden', user: session.user, filter: shown(topic) };
  const known = state.subscriberOf(client);
  if (!isFilter(topic) || !options.maySubscribe(session.user, topic)) {
    options.log.info(fields, 'no such right');
    if (known?.durable && known.filters.has(topic)) durable.revoke(known, topic);
    return false;
  }
  if (known && !known.filters.has(topic) && known.filters.size >= limits.maxSubscriptions) {
    options.log.warn(fields, `more than ${limits.maxSubscriptions} subscriptions of one client`);
    return false;
  }
  const subscriber = subscriberFor(state, client, session);
  if (subscriber.durable) durable.grant(subscriber, topic, qos);
  else subscriber.filters.set(topic, qos);
  return true;
}
