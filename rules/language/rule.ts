import type { Severity } from '../../model/fault.ts';
import type { Kind } from '../../model/kinds.ts';
import type { Trade } from '../../model/site.ts';
import type { Evaluate } from './context.ts';
import type { Layout } from './layout.ts';
import type { Override, Parameter } from './parameters.ts';
import type { Numeric, Part, Probe } from './piece.ts';
import type { Template } from './template.ts';

/** What an unknown condition does: keep things as they are, count as healthy, or count as faulty. */
export type UnknownPolicy = 'hold' | 'clear' | 'fire';

export interface Proof {
  readonly text: string;
  readonly healthy: Evaluate;
  /** A whole night, a whole day, a whole cycle of the slot, or so many milliseconds. */
  readonly over:
    | { readonly span: 'night' | 'day'; readonly timeline: number }
    | { readonly span: 'cycle'; readonly running: Evaluate }
    | { readonly span: 'duration'; readonly ms: number };
  /** How long within a night or day health may be missing. */
  readonly tolerance_ms: number;
}

/**
 * Once a fault would end for the last of so many `times` within the window, it flaps: it goes on until it has been
 * well for the whole window. A window of 0: never.
 */
export interface Flapping {
  readonly times: number;
  readonly within_ms: number;
}

/** So many ends are kept in mind at most. */
export const FLAPPING_MOST = 6;

export interface Urgent {
  readonly when: Numeric;
  /** As written. */
  readonly text: string;
  readonly for_ms: number;
  readonly severity: Severity;
}

/** A rule compiled for one kind. */
export interface CompiledRule {
  readonly name: string;
  readonly when: Numeric;
  readonly clear: Numeric;
  readonly for_ms: number;
  readonly keep_ms: number;
  readonly flapping: Flapping;
  readonly cumulative: boolean;
  readonly until_clear: boolean;
  readonly unknown: UnknownPolicy;
  readonly urgent: Urgent | undefined;
  readonly proof: Proof | undefined;
  /** The rule's own cell of the asset. */
  readonly cell: number;
  /** Metrics that can change its outcome; `everyReading` when silence is in question. */
  readonly metrics: readonly string[];
  readonly everyReading: boolean;
  readonly probes: readonly Probe[];
  /** What `when` and `clear` are made of, each whole first. Where there is no `clear`, the parts of `when`. */
  readonly parts: { readonly when: readonly Part[]; readonly clear: readonly Part[] };
  /** Parameters and numbers of the asset that the conditions read. */
  readonly numbers: readonly string[];
  readonly evidence: readonly string[];
  readonly words: Template | undefined;
  readonly info: RuleInfo;
}

export interface Rollup {
  readonly by: 'circuit' | 'gateway';
  readonly min: number;
  readonly share: number;
  readonly as: string;
}

/** A rule as written, whatever the kind. */
export interface RuleInfo {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly severity: Severity;
  readonly trade: Trade | undefined;
  /** As written; null for a rule that only others roll up into. */
  readonly when: string | null;
  readonly clear: string | null;
  /** What the names of its `let` mean, each as `name = expression`. */
  readonly where: readonly string[];
  readonly for_ms: number;
  readonly keep_ms: number;
  readonly lateness_ms: number;
  readonly title: Template;
  readonly words: string | undefined;
  readonly evidence: readonly string[];
  readonly rollup: Rollup | undefined;
  readonly inhibited_by: readonly string[];
  /** Those of them that count for the asset alone, not for its circuit or gateway. */
  readonly inhibited_by_own: readonly string[];
  readonly wait_ms: number;
  /** What must be seen before the repair is believed, in words. */
  readonly proof: string | undefined;
  readonly parameters: readonly Parameter[];
}

/** What starts the fault, and what the names in it mean; empty for a rule that only others roll up into. */
export const conditionText = ({ when, where }: Pick<RuleInfo, 'when' | 'where'>): string =>
  where.length > 0 ? `${when ?? ''} where ${where.join('; ')}` : (when ?? '');

/** Rules of one kind that wait equally long for late samples: they share slots and windows. */
export interface Lane {
  readonly kind: Kind;
  readonly lateness_ms: number;
  readonly clock_skew_ms: number;
  /** Whether assets look at each other: then nothing is judged before everything up to its time has arrived. */
  readonly ordered: boolean;
  /** Kinds of other assets that are asked what they say (`total`); no rule of the lane is about them. */
  readonly asked: readonly Kind[];
  readonly layout: Layout;
  readonly rules: readonly CompiledRule[];
}

/** What rules must have in common to share a lane. */
export type LaneKey = Pick<Lane, 'kind' | 'lateness_ms' | 'clock_skew_ms' | 'ordered' | 'asked'>;

export function isSameLane(a: LaneKey, b: LaneKey): boolean {
  return (
    a.kind === b.kind &&
    a.lateness_ms === b.lateness_ms &&
    a.clock_skew_ms === b.clock_skew_ms &&
    a.ordered === b.ordered &&
    a.asked.join() === b.asked.join()
  );
}

/** Checked and compiled rules. Immutable; one set serves any number of engines. */
export interface RuleSet {
  readonly infos: ReadonlyMap<string, RuleInfo>;
  readonly overrides: readonly Override[];
  readonly lanes: readonly Lane[];
}
