import { systemClock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { Fault, FaultChange } from '../model/fault.ts';
import type { Health } from '../model/health.ts';
import { isOpenState, TICKET_STATES, type Ticket } from '../model/ticket.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import type { Closing } from './closing.ts';
import type { House } from './house.ts';
import { type Stall, stallOf } from './stalled.ts';
import { type StallFaults, stallFaults, stallRule } from './stalled-faults.ts';
import { DEFAULT_STALL_LIMITS, watchedSteps } from './stalled-steps.ts';
import type { Intake } from './start-intake.ts';
import type { RunningRules } from './start-rules.ts';

const LOOK_MS = 1_000;

/** Whether every step of a reading's way goes on. */
export interface Watch {
  /** Each step by name: well, or how it stands. */
  health(): Readonly<Record<string, Health>>;
  /** Steward's own faults that fire now. */
  faults(): readonly Fault[];
}

function faultOf(ticket: Ticket): Fault {
  const { key, rule, asset, kind, site, zone, severity, title, trade, opened_at, members } = ticket;
  const evidence = ticket.evidence ?? { expression: '', text: '', values: {}, metrics: [], from: 0, to: 0 };
  const proof = ticket.proof ?? undefined;
  return {
    key,
    rule,
    asset,
    kind,
    site,
    zone,
    severity,
    title,
    trade,
    since: opened_at,
    members,
    evidence,
    proof,
  };
}

/** A run that ended while a step stood could not say that it goes again: this one does. */
async function leftFiring(
  { tickets }: RecordsStore,
  steps: readonly string[],
  asset: string,
): Promise<Fault[]> {
  const state = TICKET_STATES.filter(isOpenState);
  const found: Fault[] = [];
  for (const step of steps) {
    const page = await tickets.list({ rule: stallRule(step), asset, state, limit: 1 });
    found.push(...page.items.filter((ticket) => ticket.fault_active).map(faultOf));
  }
  return found;
}

function logChanges(log: House['options']['log'], before: readonly Stall[], now: readonly Stall[]): void {
  const had = (stalls: readonly Stall[], { step }: Stall): boolean => stalls.some((one) => one.step === step);
  for (const stall of now)
    if (!had(before, stall)) log.error({ step: stall.step }, `${stall.step} ${stall.text}`);
  for (const stall of before) if (!had(now, stall)) log.info({ step: stall.step }, `${stall.step} goes on`);
}

/**
 * Looks every second whether a step stands still: the log and `/readyz` say so, and a fault with its ticket when the
 * configuration names the asset that stands for Steward.
 *
 * Throws config_invalid when the site files have no such asset.
 */
export async function startWatch(
  house: House,
  { rules, intake }: { readonly rules: RunningRules; readonly intake: Intake },
  closing: Closing,
): Promise<Watch> {
  const { journal, meters, loop, directory, records, options } = house;
  const { log, config } = options;
  const parts = { journal, writer: intake.writer, rules: rules.runner, meters, loop };
  const steps = watchedSteps(parts, options.stallLimits ?? DEFAULT_STALL_LIMITS);
  let faults: StallFaults | undefined;
  if (config.watch.asset !== '') {
    const asset = directory.asset(config.watch.asset);
    if (!asset)
      throw new StewardError('config_invalid', `watch.asset: the site files have no ${config.watch.asset}`);
    faults = stallFaults(
      asset,
      await leftFiring(
        records,
        steps.map(({ name }) => name),
        asset.id,
      ),
    );
  }
  let stalls: readonly Stall[] = [];
  const owed: FaultChange[] = [];
  let telling = false;
  // What the records refuse is offered again with the next look: a change is made once only.
  const tell = (): void => {
    telling = true;
    const changes = [...owed];
    rules.desk
      .fault(changes)
      .then(() => owed.splice(0, changes.length))
      .catch((error: unknown) => log.error({ error }, "Steward's own fault has no ticket yet"))
      .finally(() => {
        telling = false;
      });
  };
  const look = (): void => {
    const found = steps.flatMap((step) => stallOf(step, performance.now(), systemClock.now()) ?? []);
    logChanges(log, stalls, found);
    stalls = found;
    const changes = faults?.look(found, systemClock.now()) ?? [];
    for (const change of changes) house.live.faultChanged(change);
    owed.push(...changes);
    if (owed.length > 0 && !telling) tell();
  };
  const looking = setInterval(look, LOOK_MS);
  closing.add('watch', () => clearInterval(looking));
  return {
    health: () => {
      const said = new Map(stalls.map(({ step, text }) => [step, text]));
      return Object.fromEntries(
        steps.map(({ name }) => [name, { ok: !said.has(name), detail: said.get(name) ?? 'goes on' }]),
      );
    },
    faults: () => faults?.active() ?? [],
  };
}
