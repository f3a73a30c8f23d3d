import { DAY_MS } from '../../model/clock.ts';
import type { Kind } from '../../model/kinds.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { BacktestRules } from '../../rules/backtest/rule-sets.ts';

/** What the rules of a backtest look at in the assets of a kind. */
export interface Wanted {
  readonly kind: Kind;
  readonly metrics: readonly string[];
  /** Whether silence is in question. */
  readonly signsOfLife: boolean;
}

/** What must be known of the rules to fetch for them, as data. */
export interface BacktestPlan {
  /** Rules whose tickets count, by name. */
  readonly names: readonly string[];
  readonly wanted: readonly Wanted[];
  /** How long before `from` reading must begin so that windows are full: the longest of them, a day at least. */
  readonly warmUpMs: number;
}

export function planOf({ rules, against, names }: BacktestRules): BacktestPlan {
  const lanes = [rules, against].flatMap((set) => set?.lanes ?? []).filter((lane) => lane.rules.length > 0);
  const widths = lanes.flatMap((lane) => lane.layout.windows.map(({ width_ms }) => width_ms));
  const kinds = [...new Set(lanes.flatMap((lane) => [lane.kind, ...lane.asked]))];
  return {
    names: [...names].sort(),
    wanted: kinds.map((kind) => {
      const ofKind = lanes.filter((lane) => lane.kind === kind);
      const hearing = lanes.filter((lane) => lane.kind === kind || lane.asked.includes(kind));
      const metrics = new Set(hearing.flatMap((lane) => lane.layout.slots.map(({ metric }) => metric)));
      return {
        kind,
        metrics: [...metrics].filter((metric) => metricsOf(kind).has(metric)),
        signsOfLife: ofKind.some((lane) => lane.rules.some((rule) => rule.everyReading)),
      };
    }),
    warmUpMs: Math.max(DAY_MS, ...widths),
  };
}
