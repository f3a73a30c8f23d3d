import type { Severity } from '../fault.ts';
import type { Kind } from '../kinds.ts';

export interface RuleView {
  readonly rule: string;
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly severity: Severity;
  readonly title: string;
  readonly when: string;
  readonly clear: string | null;
  /** What the rule's own names in these mean, each as `name = expression`. */
  readonly where: readonly string[];
  readonly for_ms: number;
  readonly proof: string | null;
  readonly firing: number;
}

/** How a rule is written, and what a mechanic should know about its faults. */
export interface RuleWritingView {
  /** The rule file that it stands in, without its folder. */
  readonly file: string;
  /** The rule alone, as a rule file. */
  readonly yaml: string;
  /** Plain text of the handbook of faults; null when it has nothing about this rule. */
  readonly guide: string | null;
}

export interface RuleDetailView extends RuleView, RuleWritingView {}

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
  /** The payload as text, bytes that are no UTF-8 replaced; in lists its beginning. */
  readonly payload: string;
  readonly size: number;
  /** Whether all of it was kept: what was cut cannot be replayed. */
  readonly whole: boolean;
}

export interface QuarantineCountsView {
  readonly kept: number;
  /** Bytes of the payloads kept. */
  readonly bytes: number;
  /** Rejected since the beginning. */
  readonly total: number;
  /** Kept now, most first. */
  readonly by_code: readonly { readonly code: string; readonly kept: number }[];
}

/** Either; `code` tries the oldest of that code first. */
export interface ReplayRequest {
  readonly ids?: readonly number[] | undefined;
  readonly code?: string | undefined;
}

export interface ReplayedView {
  readonly id: number;
  /** `accepted`: out of quarantine. `rejected`, `impossible`: still there, and `detail` says why. */
  readonly outcome: 'accepted' | 'rejected' | 'impossible' | 'gone';
  readonly code: string | null;
  readonly detail: string;
}

export interface ReplayView {
  readonly items: readonly ReplayedView[];
  /** Of the code asked for, not tried by this request. */
  readonly left: number;
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
