import type { Health } from '../../model/health.ts';
import type { Role } from '../../model/site.ts';
import type { Ticket, TicketEvent, TicketState } from '../../model/ticket.ts';

/** An event to append and the ticket as it is after it. */
export interface TicketChange {
  readonly event: TicketEvent;
  readonly ticket: Ticket;
  /** The ticket before it, for those who are told; not kept. Absent when the event opened it. */
  readonly before?: Ticket;
}

export interface TicketQuery {
  readonly state?: readonly TicketState[] | undefined;
  readonly rule?: string | undefined;
  readonly kind?: string | undefined;
  readonly site?: string | undefined;
  readonly zone?: string | undefined;
  readonly asset?: string | undefined;
  readonly assignee?: string | undefined;
  readonly limit: number;
  /** Opaque, from the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface TicketRecords {
  /** The next free ticket id. Not taken until a change with it is committed; one writer only. */
  nextId(): Promise<string>;
  /**
   * Appends, all or nothing. A change whose cause is already recorded is left out with every later change of the
   * same call for that ticket; resolves to the changes that were new.
   */
  commit(changes: readonly TicketChange[]): Promise<readonly TicketChange[]>;
  get(id: string): Promise<Ticket | undefined>;
  /** The newest ticket of that key, open or not. */
  newest(key: string): Promise<Ticket | undefined>;
  hasCause(cause: string): Promise<boolean>;
  /** Newest first. */
  list(query: TicketQuery): Promise<Page<Ticket>>;
  /** Oldest first. */
  events(id: string): Promise<readonly TicketEvent[]>;
  /** Open tickets by state. */
  counts(): Promise<Readonly<Partial<Record<TicketState, number>>>>;
}

/** Who may sign in. The password's hash carries its own parameters. */
export interface UserRecord {
  readonly id: string;
  readonly role: Role;
  readonly password_hash: string;
}

export interface UserRecords {
  put(user: UserRecord): Promise<void>;
  get(id: string): Promise<UserRecord | undefined>;
  list(): Promise<readonly UserRecord[]>;
}

/** A device's credentials and the asset it is bound to. */
export interface DeviceRecord {
  readonly id: string;
  readonly asset: string;
  readonly secret_hash: string;
  readonly bound_from: number;
}

export interface DeviceRecords {
  put(devices: readonly DeviceRecord[]): Promise<void>;
  list(): Promise<readonly DeviceRecord[]>;
  remove(id: string): Promise<void>;
}

/** What is kept besides readings: small, relational, with migrations. */
export interface RecordsStore {
  readonly tickets: TicketRecords;
  readonly users: UserRecords;
  readonly devices: DeviceRecords;
  health(): Promise<Health>;
  close(): Promise<void>;
}
