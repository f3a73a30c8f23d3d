import { createFleet, type Fleet } from '../firmware-sim/fleet.ts';
import { createRadio, type Delivery, type RadioProfile } from '../firmware-sim/radio.ts';
import type { Scenario } from '../firmware-sim/scenario.ts';
import { type Truth, truthOf } from '../firmware-sim/truth.ts';
import { createIngest } from '../ingest/ingest.ts';
import { HOUR_MS, manualClock, SECOND_MS } from '../model/clock.ts';
import { directoryOf } from '../model/directory.ts';
import type { Random } from '../model/random.ts';
import type { Reading } from '../model/reading.ts';
import type { Site } from '../model/site.ts';
import type { Ticket } from '../model/ticket.ts';
import { createEngine, type Engine } from '../rules/engine/engine.ts';
import type { RuleSet } from '../rules/language/rule.ts';
import type { RecordsStore, TicketChange } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import { createTicketDesk } from '../tickets/desk.ts';
import { ticketPolicy } from '../tickets/policy.ts';

export interface RunOptions {
  readonly site: Site;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly random: Random;
  readonly start: number;
  readonly end: number;
  readonly radio: RadioProfile;
  readonly rules: RuleSet;
  /** When Steward is stopped and started again, epoch milliseconds in order. */
  readonly restarts: readonly number[];
  onProgress?(at: number, readings: number): void;
}

/** A ticket was opened, or its fault came back: somebody is sent. */
export interface Call {
  readonly ticket: string;
  readonly rule: string;
  readonly asset: string;
  readonly members: readonly string[];
  readonly type: 'opened' | 'returned';
  /** Event time, and when it was really said on the simulated clock; epoch milliseconds. */
  readonly at: number;
  readonly said: number;
}

export interface Run {
  readonly truth: readonly Truth[];
  readonly calls: readonly Call[];
  /** As they are at the end, oldest first. */
  readonly tickets: readonly Ticket[];
  readonly readings: number;
  readonly rejected: number;
  /** Real time that the run took. */
  readonly took_ms: number;
}

/** Simulated time between two looks at the clock: as often as Steward does. */
export const TICK_MS = SECOND_MS;
/** Simulated time that the fleet is asked for at once. */
const SLICE_MS = HOUR_MS;
const ALL = 1_000_000;
const SEEN: ReadonlySet<string> = new Set(['opened', 'fault_returned']);

/** Everything between the gateway's line and the ticket is the real part, in one process, on the simulated clock. */
async function steward({ site, rules, start }: RunOptions, records: RecordsStore) {
  const clock = manualClock(start);
  const directory = directoryOf([site]);
  const calls: Call[] = [];
  const waiting: Reading[] = [];
  const ingest = createIngest({
    directory,
    journal: {
      append: async (entries) => {
        for (const entry of entries) if (entry.type === 'reading') waiting.push(entry.reading);
        return 0;
      },
    },
    quarantine: { keep: async () => {} },
  });
  const hear = ({ event, ticket }: TicketChange): void => {
    if (!SEEN.has(event.type)) return;
    const { id, rule, asset, members } = ticket;
    const type = event.type === 'opened' ? 'opened' : 'returned';
    calls.push({ ticket: id, rule, asset, members, type, at: event.at, said: clock.now() });
  };
  const desk = createTicketDesk({
    records,
    directory,
    policy: ticketPolicy(),
    clock,
    log: { debug: () => {}, error: (_fields, message) => process.stderr.write(`${message}\n`) },
    onChange: (changes) => changes.forEach(hear),
  });
  let engine: Engine = createEngine({ rules, directory, upSince: start });
  let heard = 0;
  return {
    calls,
    counters: () => ingest.counters(),
    restart: () => {
      engine = createEngine({ rules, directory, upSince: clock.now(), snapshot: engine.snapshot() });
    },
    tick: async (now: number, deliveries: readonly Delivery[]): Promise<void> => {
      const accepted = deliveries.map(({ at, outgoing: { device, topic, payload } }) =>
        ingest.accept({
          id: `m${heard++}`,
          topic,
          payload: Buffer.from(payload),
          client: device,
          received: at,
        }),
      );
      await Promise.all(accepted);
      const changes = waiting.splice(0).flatMap((reading) => engine.step(reading));
      clock.set(now);
      changes.push(...engine.advance(now));
      if (changes.length === 0) return;
      await desk.fault(changes);
      await desk.settle();
    },
  };
}

async function drive(fleet: Fleet, options: RunOptions, records: RecordsStore): Promise<Run> {
  const { start, end, restarts, onProgress } = options;
  const began = performance.now();
  const house = await steward(options, records);
  const radio = createRadio(options.radio, options.random.fork('radio'));
  const due = [...restarts];
  for (let from = start; from < end; from += SLICE_MS) {
    const to = Math.min(from + SLICE_MS, end);
    radio.send(fleet.advance(to));
    const arrivals = radio.arrivals(to);
    let next = 0;
    for (let now = from + TICK_MS; now <= to; now += TICK_MS) {
      const first = next;
      while (next < arrivals.length && arrivals[next]!.at < now) next++;
      await house.tick(now, arrivals.slice(first, next));
      if (due.length > 0 && due[0]! < now) {
        due.shift();
        house.restart();
      }
    }
    onProgress?.(to, house.counters().readings);
  }
  const { readings, rejected } = house.counters();
  const took_ms = performance.now() - began;
  const { items } = await records.tickets.list({ limit: ALL });
  const tickets = items.toReversed();
  return { truth: truthOf(fleet), calls: house.calls, tickets, readings, rejected, took_ms };
}

/** Runs a site through simulated devices, radio, ingest, rules and tickets, on a simulated clock. */
export async function runSite(options: RunOptions): Promise<Run> {
  const { site, scenario, seed, start } = options;
  const fleet = createFleet({ site, scenario, seed, start, now: start, clocksDrift: true });
  const records = await openSqliteRecords({ file: ':memory:', clock: { now: () => start } });
  try {
    return await drive(fleet, options, records);
  } finally {
    await records.close();
  }
}

/** Three restarts at drawn times. */
export function drawRestarts(random: Random, start: number, end: number): number[] {
  return Array.from({ length: 3 }, () => start + random.int(end - start)).sort((a, b) => a - b);
}
