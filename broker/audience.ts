import type { Aedes } from 'aedes';
import { filterMatches, mayMatch } from './filters.ts';

/** Subscribed filters of which each is tried on a topic; with more, Aedes finds the subscribers faster by itself. */
const TRIED_FILTERS = 8;
/** Levels of every topic that is passed on: see parseTelemetryTopic. */
const TELEMETRY_SHAPE = ['site', '+', '+', '+', 'telemetry'];

/** Knows whether anybody listens, so that telemetry that nobody hears costs no delivery. */
export interface Audience {
  /** False when nobody subscribed to this telemetry topic. */
  hears(topic: string): boolean;
}

/** Listens in on the subscriptions of an Aedes that has none yet. */
export function audienceOf(aedes: Aedes): Audience {
  const filters = new Map<string, number>();
  const subscribe = aedes.subscribe.bind(aedes);
  const unsubscribe = aedes.unsubscribe.bind(aedes);
  aedes.subscribe = (filter, ...rest) => {
    if (mayMatch(filter, TELEMETRY_SHAPE)) filters.set(filter, (filters.get(filter) ?? 0) + 1);
    subscribe(filter, ...rest);
  };
  aedes.unsubscribe = (filter, ...rest) => {
    const count = filters.get(filter) ?? 0;
    if (count > 1) filters.set(filter, count - 1);
    else filters.delete(filter);
    unsubscribe(filter, ...rest);
  };
  return {
    hears: (topic) => {
      if (filters.size === 0) return false;
      if (filters.size > TRIED_FILTERS) return true;
      for (const filter of filters.keys()) if (filterMatches(filter, topic)) return true;
      return false;
    },
  };
}
