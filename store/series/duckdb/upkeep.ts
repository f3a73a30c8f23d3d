import type { DuckDBConnection } from '@duckdb/node-api';
import { type Clock, DAY_MS } from '../../../model/clock.ts';
import type { Point } from '../../../model/point.ts';
import type { RejectedPoint } from '../contract.ts';
import { hourOf, type Rollup, type Rollups, rollUp } from './rollup.ts';
import type { Table } from './tables.ts';

/** Time before which points are not kept, a whole hour; 0 = all are kept. */
export function keptFrom(clock: Clock, retentionDays: number | undefined): number {
  return retentionDays === undefined ? 0 : Math.max(0, hourOf(clock.now() - retentionDays * DAY_MS));
}

/** InfluxDB refuses such points too; taken, they would be gone with the next deletion. */
export function refuseExpired(
  points: readonly Point[],
  from: number,
): { readonly good: readonly Point[]; readonly rejected: readonly RejectedPoint[] } {
  if (from === 0) return { good: points, rejected: [] };
  const reason = `older than the retention: kept from ${new Date(from).toISOString()} on`;
  const old = points.filter((point) => point.ts < from);
  if (old.length === 0) return { good: points, rejected: [] };
  return {
    good: points.filter((point) => point.ts >= from),
    rejected: old.map((point) => ({ point, reason })),
  };
}

/**
 * The hour before which all is over: points come in the order of time, mostly. A device whose clock is ahead must not
 * make the hours to come count as over.
 */
function overBefore(rollup: Rollup, now: number, from: number): number {
  return Math.max(hourOf(Math.min(rollup.newest, now)), from);
}

/**
 * Rolls up what is due: hours that are over, and dirty ones once a write left the past alone (`calm`; so that a long
 * buffer that a device empties is not rolled up after each of its batches).
 */
export async function rollUpWhatIsDue(
  writer: DuckDBConnection,
  tables: ReadonlyMap<string, Table>,
  rollups: Rollups,
  when: { readonly now: number; readonly from: number; readonly calm: boolean },
): Promise<void> {
  for (const table of tables.values()) {
    const rollup = rollups.get(table.measurement);
    if (rollup === undefined || rollup.newest === 0) continue;
    const until = overBefore(rollup, when.now, when.from);
    if (until > rollup.through || (when.calm && rollup.dirty.size > 0))
      await rollUp(writer, table, rollup, until);
  }
}

/**
 * Deletes points before `from`; their hourly sums stay. Answers whether all are gone: hours that are still to be
 * rolled up keep theirs until the next time.
 */
export async function expire(
  writer: DuckDBConnection,
  tables: ReadonlyMap<string, Table>,
  rollups: Rollups,
  from: number,
): Promise<boolean> {
  let whole = true;
  for (const { measurement, name } of tables.values()) {
    const rollup = rollups.get(measurement);
    const due = rollup !== undefined && [...rollup.dirty].some((hour) => hour < from);
    if (due) whole = false;
    else await writer.run(`DELETE FROM ${name} WHERE ts < ${from}`);
  }
  // Gives the room back; when a query is in the way, the next one will.
  await writer.run('CHECKPOINT').catch(() => undefined);
  return whole;
}
