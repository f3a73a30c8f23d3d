import type { Logger } from 'pino';
import type { FaultChange } from '../model/fault.ts';
import type { RawMessage, Reading } from '../model/reading.ts';
import type { Journal, JournalEntry } from '../store/journal/contract.ts';
import type { TicketChange } from '../store/records/contract.ts';
import type { DrivenEngine } from './rules-runner.ts';

/**
 * Follows every message through the house by its id, for `log.level: debug`: `received` → `journalled` →
 * `acknowledged` and `stored`; `through the rules` → `fault …` → `ticket …`. One field, `message`, finds them all.
 */
export interface Trace {
  received(message: RawMessage): void;
  acknowledged(message: RawMessage): void;
  /** The journal, telling which message got which place and when the series engine had passed it. */
  journal(journal: Journal, seriesCursor: string): Journal;
  /** A reading that has gone through the rules, and what changed by it. */
  stepped(reading: Reading, changes: readonly FaultChange[]): void;
  /** What changed by time alone. */
  advanced(changes: readonly FaultChange[]): void;
  tickets(changes: readonly TicketChange[]): void;
}

/** What nobody stored yet; older ones are forgotten, so that an engine that is away costs no memory. */
const PLACES_AT_MOST = 50_000;
/** Causes of changes whose ticket is still to come. */
const CAUSES_AT_MOST = 10_000;

function forgetOldest(map: Map<unknown, unknown>, atMost: number): void {
  for (const key of map.keys()) {
    if (map.size <= atMost) return;
    map.delete(key);
  }
}

/** Each message once, in order. */
function messagesOf(entries: readonly JournalEntry[]): Set<string> {
  return new Set(entries.flatMap((entry) => (entry.type === 'reading' ? entry.reading.message : [])));
}

/** Undefined unless the log is at debug: then nothing is wrapped and nothing costs. */
export function createTrace(log: Logger): Trace | undefined {
  if (!log.isLevelEnabled('debug')) return undefined;
  /** Message → its last place in the journal. */
  const places = new Map<string, number>();
  /** Asset → the message that brought its newest reading. */
  const newest = new Map<string, string>();
  const causes = new Map<string, string>();

  const changed = (change: FaultChange): void => {
    const { cause, type, fault } = change;
    // A hold that ends by time was begun by readings: the asset's last one is the way back to them.
    const message = newest.get(fault.asset) ?? newest.get(fault.members[0] ?? '');
    if (message !== undefined) causes.set(cause, message);
    forgetOldest(causes, CAUSES_AT_MOST);
    log.debug({ message, cause, fault: fault.key }, `fault ${type}`);
  };

  const stored = (upTo: number): void => {
    for (const [message, place] of places) {
      if (place > upTo) return;
      places.delete(message);
      log.debug({ message, place }, 'stored');
    }
  };

  return {
    received: ({ id, client, topic, payload }) =>
      log.debug({ message: id, client, topic, bytes: payload.length }, 'received'),
    acknowledged: ({ id }) => log.debug({ message: id }, 'acknowledged'),
    journal: (journal, seriesCursor) => ({
      ...journal,
      append: async (entries) => {
        const last = await journal.append(entries);
        for (const message of messagesOf(entries)) {
          places.set(message, last);
          log.debug({ message, place: last }, 'journalled');
        }
        forgetOldest(places, PLACES_AT_MOST);
        return last;
      },
      advance: async (name, position) => {
        await journal.advance(name, position);
        if (name === seriesCursor) stored(position);
      },
    }),
    stepped: (reading, changes) => {
      newest.set(reading.asset, reading.message);
      log.debug({ message: reading.message, asset: reading.asset }, 'through the rules');
      for (const change of changes) changed(change);
    },
    advanced: (changes) => {
      for (const change of changes) changed(change);
    },
    tickets: (changes) => {
      for (const { event } of changes) {
        const { ticket, type, cause } = event;
        // The events that follow from one change have its cause as the beginning of theirs.
        const message = causes.get(cause) ?? causes.get(cause.slice(0, cause.lastIndexOf('/')));
        log.debug({ message, cause, ticket }, `ticket ${type}`);
      }
    },
  };
}

/** The rules' engine, telling the trace what goes through it; the engine itself when there is no trace. */
export function tracedEngine(engine: DrivenEngine, trace: Trace | undefined): DrivenEngine {
  if (!trace) return engine;
  return {
    ...engine,
    // One by one, so that each change has the reading that brought it.
    stepAll: (readings) =>
      readings.flatMap((reading) => {
        const changes = engine.stepAll([reading]);
        trace.stepped(reading, changes);
        return changes;
      }),
    advancePart: (now) => {
      const part = engine.advancePart(now);
      trace.advanced(part.changes);
      return part;
    },
  };
}
