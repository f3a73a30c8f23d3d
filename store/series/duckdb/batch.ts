import type { Point } from '../../../model/point.ts';
import { type Columns, emptyColumns, pushRow } from './columns.ts';
import { addSeries, type Dictionary, removeSeries, type Series } from './dictionary.ts';
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
  /** What was newest of each series that got something newer. */
  readonly newestBefore: ReadonlyMap<Series, number>;
}

/**
 * Sorts points into rows that are certainly new and rows that may repeat one. Sensors mostly send in the order of
 * time, so nearly all are new and cost no look-up; a replay or a late buffer pays for the merge.
 *
 * The dictionary is as it will be when the batch is committed; when it is not, `unplan` must be called.
 */
export function planBatch(
  points: readonly Point[],
  dictionary: Dictionary,
  tables: ReadonlyMap<string, Table>,
): BatchPlan {
  const plans = new Map<string, TablePlan>();
  const added: Series[] = [];
  const newestBefore = new Map<Series, number>();
  for (const point of points) {
    const plan = planOf(plans, tables, point.measurement, points.length);
    let series = dictionary.index.find(point);
    if (series === undefined) {
      series = { id: dictionary.nextId, measurement: point.measurement, tags: point.tags, newest: -1 };
      addSeries(dictionary, series);
      added.push(series);
    }
    if (point.ts > series.newest) {
      if (!newestBefore.has(series)) newestBefore.set(series, series.newest);
      series.newest = point.ts;
      pushRow(plan.fresh, series.id, point.ts, point.fields);
    } else {
      const at = `${series.id} ${point.ts}`;
      const held = plan.late.get(at);
      if (held === undefined) plan.late.set(at, { series: series.id, ts: point.ts, fields: point.fields });
      else held.fields = { ...held.fields, ...point.fields };
    }
  }
  return { tables: plans, added, newestBefore };
}

/** The transaction of the plan was rolled back. */
export function unplan({ added, newestBefore }: BatchPlan, dictionary: Dictionary): void {
  for (const [series, newest] of newestBefore) series.newest = newest;
  removeSeries(dictionary, added);
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
