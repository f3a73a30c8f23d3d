import { systemClock } from '../model/clock.ts';
import type { Engine } from '../rules/engine/engine.ts';
import { createTicketDesk, type TicketDesk } from '../tickets/desk.ts';
import { type TicketPolicy, ticketPolicy } from '../tickets/policy.ts';
import type { Closing } from './closing.ts';
import type { House } from './house.ts';
import { restoredEngine } from './restored-engine.ts';
import { type RulesRunner, startRulesRunner } from './rules-runner.ts';
import { tellTicketChanges } from './ticket-news.ts';
import { tracedEngine } from './trace.ts';
import { measuredEngine, measuredFaults } from './watch/measured.ts';

const SWEEP_MS = 60_000;

export interface RunningRules {
  readonly engine: Engine;
  readonly runner: RulesRunner;
  readonly desk: TicketDesk;
  readonly policy: TicketPolicy;
}

/** The rules as they were at the last snapshot, following the journal from there; their tickets' desk. */
export async function startRules(house: House, closing: Closing): Promise<RunningRules> {
  const { records, snapshots, journal, directory, latest, live, meters, options } = house;
  const { log, rules, upSince, config } = options;
  const policy = ticketPolicy(config.tickets);
  const desk = createTicketDesk({
    records,
    directory,
    policy,
    clock: systemClock,
    log,
    onChange: (changes) => {
      house.trace?.tickets(changes);
      return tellTicketChanges(changes, { journal, live, broker: () => house.broker });
    },
  });
  const kept = await snapshots.load('rules');
  const engine = restoredEngine({ rules, directory, upSince, snapshot: kept?.state }, log);
  const watched = measuredEngine(tracedEngine(engine, house.trace), meters, () => performance.now());
  const runner = startRulesRunner({
    journal,
    snapshots,
    engine: watched,
    position: kept?.position ?? journal.cursor('rules'),
    latest,
    onFaults: measuredFaults(
      async (changes) => {
        await desk.fault(changes);
        for (const change of changes) live.faultChanged(change);
      },
      meters,
      () => performance.now(),
    ),
    clock: systemClock,
    log,
  });
  const sweeping = setInterval(() => {
    desk
      .sweep(systemClock.now())
      .catch((error: unknown) => log.error({ error }, 'finished tickets were not looked at'));
  }, SWEEP_MS);
  closing.add('tickets', async () => {
    clearInterval(sweeping);
    await desk.settle();
  });
  closing.add('rules', () => runner.stop());
  return { engine, runner, desk, policy };
}
