import type { Severity } from '../fault.ts';
import type { Kind } from '../kinds.ts';

export interface RuleView {
  readonly rule: string;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly title: string;
  readonly when: string;
  readonly clear: string | null;
  readonly for_ms: number;
  readonly proof: string | null;
  readonly firing: number;
}

export interface FaultView {
  readonly rule: string;
  readonly asset: string;
  readonly kind: Kind;
  readonly site: string;
  readonly zone: string;
  readonly severity: Severity;
  readonly title: string;
  readonly since: string;
  readonly members: readonly string[];
}

export interface QuarantineView {
  readonly id: number;
  readonly message: string;
  readonly received: string;
  readonly topic: string;
  readonly client: string;
  readonly code: string;
  readonly meaning: string;
  readonly detail: string;
  /** The payload as text, bytes that are no UTF-8 replaced. */
  readonly payload: string;
  readonly size: number;
}

export interface DeviceView {
  readonly id: string;
  readonly asset: string;
  readonly bound_from: string;
  readonly connected: boolean;
  readonly last_seen: string | null;
}

export interface ReadyView {
  readonly ok: boolean;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}
