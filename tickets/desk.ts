import type { Clock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { Directory } from '../model/directory.ts';
import type { FaultChange } from '../model/fault.ts';
import type { Log } from '../model/log.ts';
import { isOpenState, type Ticket } from '../model/ticket.ts';
import type { RecordsStore, TicketChange, TicketRecords } from '../store/records/contract.ts';
import { type ActRequest, act } from './actions.ts';
import { decide, type KnownTicket } from './decide.ts';
import type { TicketPolicy } from './policy.ts';
import { createQueue } from './queue.ts';
import { stillFiring } from './sweep.ts';

export interface TicketDeskOptions {
  readonly records: Pick<RecordsStore, 'tickets'>;
  readonly directory: Directory;
  readonly policy: TicketPolicy;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'error'>;
  /**
   * Told of what is new once it is durable, in order, one call at a time. Nothing waits for it and its failure is
   * logged only: a channel that hangs must not hold up the tickets.
   */
  onChange(changes: readonly TicketChange[]): Promise<void> | void;
}

/** An action of a person on one ticket. */
export interface DeskRequest extends ActRequest {
  /** The ticket's id. */
  readonly ticket: string;
}

/** The only writer of tickets: everything passes one queue, in the order of the calls. */
export interface TicketDesk {
  /**
   * Turns changes of faults into tickets, all or nothing. Durable when it resolves; a replay of changes changes
   * nothing. Rejects when the records refuse: call again with the same changes.
   */
  fault(changes: readonly FaultChange[]): Promise<void>;
  /**
   * @throws StewardError `not_found`, `forbidden`, `action_impossible` or `request_invalid`.
   */
  act(request: DeskRequest): Promise<Ticket>;
  /** Re-opens what was finished and fires on. Call it now and then; `now` in epoch milliseconds. */
  sweep(now: number): Promise<void>;
  /** Resolves when everything asked for so far is done and told. */
  settle(): Promise<void>;
}

const SWEEP_PAGE = 200;
const DUPLICATE_OF = /^duplicate of (\S+)$/i;

/** Ids from the records' next one on; the first is asked for when it is needed. */
async function idsFrom(tickets: TicketRecords): Promise<() => string> {
  const first = Number((await tickets.nextId()).slice('T-'.length));
  let taken = 0;
  return () => `T-${first + taken++}`;
}

/** Newest tickets by key, as they are in the records and as a batch that is not committed yet has made them. */
function knownTickets(tickets: TicketRecords) {
  const byKey = new Map<string, KnownTicket | undefined>();
  return {
    get: async (key: string): Promise<KnownTicket | undefined> => {
      if (!byKey.has(key)) {
        const ticket = await tickets.newest(key);
        byKey.set(key, ticket && { ticket, events: await tickets.events(ticket.id) });
      }
      return byKey.get(key);
    },
    put: ({ event, ticket }: TicketChange): void => {
      const before = byKey.get(ticket.key);
      const history = before?.ticket.id === ticket.id ? before.events : [];
      byKey.set(ticket.key, { ticket, events: [...history, event] });
    },
  };
}

async function decideAll(
  changes: readonly FaultChange[],
  { records: { tickets }, directory, policy }: TicketDeskOptions,
): Promise<readonly TicketChange[]> {
  const known = knownTickets(tickets);
  const nextId = await idsFrom(tickets);
  const seen = new Set<string>();
  const made: TicketChange[] = [];
  for (const change of changes) {
    if (seen.has(change.cause) || (await tickets.hasCause(change.cause))) continue;
    seen.add(change.cause);
    const decided = decide(change, await known.get(change.fault.key), { directory, policy, nextId });
    for (const next of decided) known.put(next);
    made.push(...decided);
  }
  return made;
}

async function stillFiringAll(
  { records: { tickets }, policy }: TicketDeskOptions,
  now: number,
): Promise<readonly TicketChange[]> {
  const made: TicketChange[] = [];
  let cursor: string | undefined;
  do {
    const page = await tickets.list({ state: ['done'], limit: SWEEP_PAGE, cursor });
    for (const ticket of page.items) {
      const change = stillFiring(ticket, await tickets.events(ticket.id), policy, now);
      if (change) made.push(change);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return made;
}

/** What only the other tickets can say against an action. */
async function checkAgainstOthers(
  ticket: Ticket,
  request: DeskRequest,
  tickets: TicketRecords,
): Promise<void> {
  if (request.action === 'reopen') {
    const newest = await tickets.newest(ticket.key);
    if (newest && newest.id !== ticket.id) {
      const state = isOpenState(newest.state) ? 'open' : newest.state;
      throw new StewardError(
        'action_impossible',
        `${ticket.id} is ${ticket.state} and the same fault has a newer ticket, ${newest.id} (${state}): go on there`,
      );
    }
  }
  const other = request.action === 'cancel' ? DUPLICATE_OF.exec(request.note?.trim() ?? '')?.[1] : undefined;
  if (other !== undefined && (other === ticket.id || !(await tickets.get(other)))) {
    throw new StewardError('request_invalid', `note: there is no other ticket ${other}`);
  }
}

async function actOn(request: DeskRequest, options: TicketDeskOptions): Promise<TicketChange> {
  const { directory, policy, clock } = options;
  const { tickets } = options.records;
  const ticket = await tickets.get(request.ticket);
  if (!ticket) throw new StewardError('not_found', `there is no ticket ${request.ticket}`);
  const done = (await tickets.events(ticket.id)).length;
  // One writer and events that are never taken away: the event's place in the history is its own for ever.
  const cause = `${ticket.id}#${done + 1}`;
  const change = act(ticket, request, { directory, policy, at: clock.now(), cause });
  await checkAgainstOthers(ticket, request, tickets);
  return change;
}

/** A desk on these records; nothing happens until it is asked. */
export function createTicketDesk(options: TicketDeskOptions): TicketDesk {
  const { records, log, onChange } = options;
  const work = createQueue();
  const telling = createQueue();

  async function commit(changes: readonly TicketChange[]): Promise<void> {
    const fresh = await records.tickets.commit(changes);
    if (fresh.length === 0) return;
    for (const { event } of fresh) {
      const { ticket, type, state, who, cause } = event;
      log.debug({ ticket, type, state, who, cause }, 'ticket changed');
    }
    telling(async () => onChange(fresh)).catch((error: unknown) => {
      log.error({ err: error, tickets: [...new Set(fresh.map((c) => c.ticket.id))] }, 'ticket not told');
    });
  }

  return {
    fault: (changes) => work(async () => commit(await decideAll(changes, options))),
    act: (request) =>
      work(async () => {
        const change = await actOn(request, options);
        await commit([change]);
        return change.ticket;
      }),
    sweep: (now) => work(async () => commit(await stillFiringAll(options, now))),
    settle: async () => {
      await work(async () => {});
      await telling(async () => {});
    },
  };
}
