import type { Kind } from '../../model/kinds.ts';
import type { Total } from '../language/layout.ts';
import type { Lane } from '../language/rule.ts';
import { fieldsOf, type PaneFields } from './pane.ts';

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
  readonly fields: PaneFields;
  readonly stride: number;
}

export function shapeOf({ layout, rules, ...key }: Lane): LaneShape {
  return {
    ...key,
    stride: layout.size,
    slots: layout.slots.map(({ metric, at }) => ({ metric, at })),
    windows: layout.windows.map((window) => ({
      key: `${layout.slots[window.slot]!.metric}/${window.width_ms}`,
      at: window.at,
      totals: [...window.totals],
      ...fieldsOf(window),
    })),
    own: layout.own.map(({ key, at, size }) => ({ key, at, size })),
    rules: rules.map(({ name, cell }) => ({ name, at: cell })),
  };
}
