import type { Kind } from '../../model/kinds.ts';
import type { Total } from '../language/cells.ts';
import type { PaneFields } from '../language/pane-fields.ts';
import type { LanePlan } from './lane-plan.ts';

/** What the cells of a lane mean, by names: it travels with a snapshot, for rules that may have changed since. */
export interface LaneShape {
  readonly kind: Kind;
  readonly lateness_ms: number;
  readonly clock_skew_ms: number;
  readonly ordered: boolean;
  readonly asked: readonly Kind[];
  readonly stride: number;
  readonly slots: readonly { readonly metric: string; readonly at: number }[];
  readonly windows: readonly WindowShape[];
  readonly own: readonly { readonly key: string; readonly at: number; readonly size: number }[];
  readonly rules: readonly { readonly name: string; readonly at: number }[];
}

export interface WindowShape {
  /** Metric and width. */
  readonly key: string;
  readonly at: number;
  readonly totals: readonly (readonly [Total, number])[];
  /** Where panes may lie among the asset's cells. */
  readonly near: number;
  readonly fields: PaneFields;
  readonly stride: number;
}

export function shapeOf(plan: LanePlan): LaneShape {
  const { layout, rules, ...key } = plan.lane;
  return {
    ...key,
    stride: plan.stride,
    slots: layout.slots.map(({ metric, at }) => ({ metric, at })),
    windows: layout.windows.map((window, i) => ({
      key: `${layout.slots[window.slot]!.metric}/${window.width_ms}`,
      at: window.at,
      totals: [...window.totals],
      near: plan.windows[i]!.plan.near,
      fields: plan.windows[i]!.plan.fields,
      stride: plan.windows[i]!.plan.stride,
    })),
    own: layout.own.map(({ key, at, size }) => ({ key, at, size })),
    rules: rules.map(({ name, cell }) => ({ name, at: cell })),
  };
}
