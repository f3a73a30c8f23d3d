import type { Point } from '../../../model/point.ts';
import { type Columns, emptyColumns, pushRow } from './columns.ts';
import { addSeries, type Dictionary, type Series, seriesKey } from './dictionary.ts';
import type { Table } from './tables.ts';

/** What a batch does to one table. */
export interface TablePlan {
  readonly table: Table;
  /** Newer than everything of their series: cannot be repeats, are appended as they are. */
  readonly fresh: Columns;
  /** May repeat a stored point: are merged. By series and time, fields of repeats already united. */
  readonly late: Map<string, { readonly series: number; readonly ts: number; fields: Point['fields'] }>;
}

export interface BatchPlan {
  readonly tables: ReadonlyMap<string, TablePlan>;
  readonly added: readonly Series[];
  /** Newest time of each series after the batch: true only once it is committed. */
  readonly newest: ReadonlyMap<Series, number>;
}

/**
 * Sorts points into rows that are certainly new and rows that may repeat one. Sensors mostly send in the order of
 * time, so nearly all are new and cost no look-up; a replay or a late buffer pays for the merge.
 */
export function planBatch(
  points: readonly Point[],
  dictionary: Dictionary,
  tables: ReadonlyMap<string, Table>,
): BatchPlan {
  const plans = new Map<string, TablePlan>();
  const added: Series[] = [];
  const newest = new Map<Series, number>();
  for (const point of points) {
    const plan = planOf(plans, tables, point.measurement, points.length);
    const key = seriesKey(point);
    let series = dictionary.byKey.get(key);
    if (series === undefined) {
      series = { id: dictionary.nextId, measurement: point.measurement, tags: point.tags, newest: -1 };
      addSeries(dictionary, series);
      added.push(series);
    }
    if (point.ts > (newest.get(series) ?? series.newest)) {
      newest.set(series, point.ts);
      pushRow(plan.fresh, series.id, point.ts, point.fields);
    } else {
      const at = `${series.id} ${point.ts}`;
      const held = plan.late.get(at);
      if (held === undefined) plan.late.set(at, { series: series.id, ts: point.ts, fields: point.fields });
      else held.fields = { ...held.fields, ...point.fields };
    }
  }
  return { tables: plans, added, newest };
}

function planOf(
  plans: Map<string, TablePlan>,
  tables: ReadonlyMap<string, Table>,
  measurement: string,
  capacity: number,
): TablePlan {
  const held = plans.get(measurement);
  if (held !== undefined) return held;
  const table = tables.get(measurement);
  if (table === undefined) throw new Error(`no table for measurement ${measurement}`);
  const plan: TablePlan = { table, fresh: emptyColumns(table, capacity), late: new Map() };
  plans.set(measurement, plan);
  return plan;
}
