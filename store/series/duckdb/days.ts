import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from '../../../model/clock.ts';
import { quoted, type Table } from './tables.ts';

/**
 * The hourly sums once more by day (UTC), for windows of years. A day is made from its hours, in the transaction that
 * makes or mends them, so it is as good as they are: who reads days leaves out those with an hour that is not.
 */
export interface Days {
  /** `series INTEGER, day BIGINT`, and `sum_…`, `n_…` per field. */
  readonly name: string;
  /** Days that begin before this are rolled up. Epoch milliseconds, a whole day. */
  through: number;
}

export function dayOf(ts: number): number {
  return ts - (ts % DAY_MS);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes the days that the hours before `until` complete, and again those of the `mended` hours. Answers through where
 * the days reach when the transaction that this runs in is committed.
 */
export async function rollUpDays(
  writer: DuckDBConnection,
  { measurement, fields }: Table,
  days: Days,
  hours: { readonly name: string; readonly mended: readonly Stretch[]; readonly until: number },
): Promise<number> {
  const names = fields.flatMap((field) => [quoted(`sum_${field}`), quoted(`n_${field}`)]);
  const insert = ({ from, to }: Stretch) =>
    writer.run(`INSERT INTO ${days.name} (series, day, ${names.join(', ')})
      SELECT series, hour - hour % ${DAY_MS} AS day, ${names.map((name) => `sum(${name})`).join(', ')}
      FROM ${hours.name} WHERE hour >= ${from} AND hour < ${to} GROUP BY series, day ORDER BY day, series`);
  const again = new Set<number>();
  for (const { from, to } of hours.mended)
    for (let day = dayOf(from); day < Math.min(to, days.through); day += DAY_MS) again.add(day);
  for (const day of again) {
    await writer.run(`DELETE FROM ${days.name} WHERE day = ${day}`);
    await insert({ from: day, to: day + DAY_MS });
  }
  const through = Math.max(dayOf(hours.until), days.through);
  if (through > days.through) {
    await insert({ from: days.through, to: through });
    await writer.run(`UPDATE meta SET value = ${through} WHERE name = 'days_${measurement}'`);
  }
  return through;
}
