import type { Severity } from './fault.ts';

/** How far a rule is with an asset. `unheard`: nothing that it could judge by was ever heard. */
export const PHASES = ['unheard', 'ok', 'pending', 'firing', 'recovering'] as const;
export type Phase = (typeof PHASES)[number];

/** A part of a condition and whether it is true; null = not known. `depth`: how deep it stands in the whole. */
export interface ExplainedPart {
  readonly text: string;
  readonly depth: number;
  readonly truth: boolean | null;
}

/** A condition, taken apart: the first part is the whole. */
export interface ExplainedCondition {
  readonly parts: readonly ExplainedPart[];
  /** The least parts that are as the whole is: why it is true, false or not known. */
  readonly because: readonly string[];
}

/** Something that a rule reads; spans of time in hours. `measured`: when its metric was heard last. */
export interface ExplainedValue {
  readonly name: string;
  readonly value: number | string | boolean | null;
  readonly measured: number | null;
}

/** A number of the rule or the asset that a condition reads, and where it comes from. */
export interface ExplainedSetting {
  readonly name: string;
  readonly value: number;
  readonly from: string;
}

/** Why a rule fires for an asset, or why it does not, at event time `at`. Times are epoch milliseconds. */
export interface RuleExplanation {
  readonly rule: string;
  readonly severity: Severity;
  readonly at: number;
  readonly phase: Phase;
  /** Since when it is pending or firing. */
  readonly since: number | null;
  /** When it will fire, or clear, if nothing changes; null when it will not by itself. */
  readonly due: number | null;
  readonly when: ExplainedCondition;
  readonly clear: ExplainedCondition;
  readonly values: readonly ExplainedValue[];
  readonly settings: readonly ExplainedSetting[];
  /** What keeps it from a ticket of its own: faults by key that hold it back or that it is a part of. */
  readonly held_by: readonly string[];
  /** All of it in a sentence or two. */
  readonly text: string;
}
