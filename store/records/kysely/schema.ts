/**
 * Rows as both engines keep them. Times are epoch milliseconds, truth values 0 or 1 (libsql aborts the process when
 * a boolean is bound), lists and objects JSON text.
 */
export interface TicketRow {
  /** n of `T-n`; the order of opening. */
  readonly number: number;
  readonly key: string;
  readonly rule: string;
  readonly site: string;
  readonly zone: string;
  readonly asset: string;
  readonly kind: string;
  readonly severity: string;
  readonly title: string;
  readonly trade: string;
  readonly state: string;
  readonly assignee: string | null;
  readonly opened_at: number;
  readonly respond_by: number;
  readonly resolve_by: number;
  readonly acknowledged_at: number | null;
  readonly closed_at: number | null;
  readonly reopened: number;
  readonly fault_active: number;
  readonly members: string;
  readonly evidence: string | null;
  readonly proof: string | null;
  readonly resolution: string | null;
  readonly updated_at: number;
}

export interface TicketEventRow {
  readonly ticket: number;
  /** 1, 2, … within the ticket, in the order of appending. */
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly who: string;
  readonly note: string;
  readonly state: string;
  readonly assignee: string | null;
  readonly severity: string | null;
  readonly cause: string;
}

export interface UserRow {
  readonly id: string;
  readonly role: string;
  readonly password_hash: string;
}

export interface DeviceRow {
  readonly id: string;
  readonly asset: string;
  readonly secret_hash: string;
  readonly bound_from: number;
}

/** A step of the schema that was taken, and when. */
export interface MigrationRow {
  readonly number: number;
  readonly name: string;
  readonly applied_at: number;
}

export interface RecordsSchema {
  readonly tickets: TicketRow;
  readonly ticket_events: TicketEventRow;
  readonly users: UserRow;
  readonly devices: DeviceRow;
  readonly migrations: MigrationRow;
}
