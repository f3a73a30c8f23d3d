import type { Kind } from './kinds.ts';
import type { Trade } from './site.ts';

export const SEVERITIES = ['info', 'minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why a rule fires, kept at the moment that it did. Times are epoch milliseconds. */
export interface Evidence {
  /** The rule's expression as written, and in words. */
  readonly expression: string;
  readonly text: string;
  /** What each name and window of the expression was; null = not known. */
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
  /** Metrics of the asset worth a chart, and the span to draw. */
  readonly metrics: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** A rule fires for a subject: an asset, or the circuit, gateway or zone that several of them share. */
export interface Fault {
  /** `rule/subject`: one fault, one key, one open ticket. */
  readonly key: string;
  readonly rule: string;
  /** An asset's id. A rolled-up fault's is the shared thing: a circuit is an asset too. */
  readonly asset: string;
  readonly kind: Kind;
  readonly site: string;
  readonly zone: string;
  readonly severity: Severity;
  readonly title: string;
  readonly trade: Trade;
  /** Event time since which the rule fires. */
  readonly since: number;
  /** Assets that a rolled-up fault stands for; empty otherwise. */
  readonly members: readonly string[];
  readonly evidence: Evidence;
  /** What must be seen before the repair is believed, in words; undefined = a person's return visit. */
  readonly proof?: string | undefined;
}

/**
 * What the engine says. `firing` opens or re-opens; `cleared`: the condition ended; `proved`: after clearing, the
 * telemetry showed what the rule's proof asks for. `amended`: members of a rolled-up fault joined or left.
 *
 * `cause` is unique for the change and the same when the journal is replayed, which makes its effects idempotent.
 */
export interface FaultChange {
  readonly type: 'firing' | 'amended' | 'cleared' | 'proved';
  readonly fault: Fault;
  /** Event time of the change. */
  readonly at: number;
  readonly cause: string;
}
