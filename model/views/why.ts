import type { ExplainedCondition, ExplainedSetting, Phase } from '../explanation.ts';
import type { Severity } from '../fault.ts';

/** Something that a rule read, and when its metric was measured last. Spans of time are in hours. */
export interface WhyValueView {
  readonly name: string;
  readonly value: number | string | boolean | null;
  readonly measured: string | null;
}

/** Why a rule fires for an asset, or why it does not (see RuleExplanation). */
export interface WhyView {
  readonly rule: string;
  readonly asset: string;
  readonly severity: Severity;
  readonly at: string;
  readonly phase: Phase;
  readonly since: string | null;
  readonly due: string | null;
  readonly text: string;
  readonly when: ExplainedCondition;
  readonly clear: ExplainedCondition;
  readonly values: readonly WhyValueView[];
  readonly settings: readonly ExplainedSetting[];
  readonly held_by: readonly string[];
}
