import { type ManualClock, manualClock } from '../model/clock.ts';
import type { Ticket, TicketEvent } from '../model/ticket.ts';
import type { RecordsStore, TicketChange } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import { createTicketDesk, type TicketDesk, type TicketDeskOptions } from './desk.ts';
import { ticketPolicy } from './policy.ts';
import { DIRECTORY, START } from './tickets.testkit.ts';

/** A desk on real records, and what it told. */
export interface DeskRig {
  readonly desk: TicketDesk;
  readonly records: RecordsStore;
  readonly clock: ManualClock;
  readonly told: (readonly TicketChange[])[];
  readonly errors: string[];
}

export async function deskOn(file: string, differs: Partial<TicketDeskOptions> = {}): Promise<DeskRig> {
  const records = await openSqliteRecords({ file });
  const clock = manualClock(START);
  const told: (readonly TicketChange[])[] = [];
  const errors: string[] = [];
  const desk = createTicketDesk({
    records,
    directory: DIRECTORY,
    policy: ticketPolicy(),
    clock,
    log: { debug: () => {}, error: (_fields, message) => errors.push(message) },
    onChange: (changes) => {
      told.push(changes);
    },
    ...differs,
  });
  return { desk, records, clock, told, errors };
}

/** Every ticket with its history, oldest ticket first. */
export async function everything(
  records: RecordsStore,
): Promise<readonly { readonly ticket: Ticket; readonly events: readonly TicketEvent[] }[]> {
  const { items } = await records.tickets.list({ limit: 1_000_000 });
  return Promise.all(
    items.toReversed().map(async (ticket) => ({ ticket, events: await records.tickets.events(ticket.id) })),
  );
}
