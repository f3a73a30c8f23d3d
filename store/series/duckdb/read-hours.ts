import { DAY_MS, HOUR_MS } from '../../../model/clock.ts';
import type { SeriesQuery } from '../contract.ts';
import { dayOf } from './days.ts';
import { countOf, hourOf, type Rollup, stretches, sumOf } from './rollup.ts';
import { quoted, type Table } from './tables.ts';

/** With more stretches of dirty hours than this a query reads the points alone. */
const MOST_STRETCHES = 50;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Which part of a window is read from the daily sums, which from the hourly ones and which from the points. */
export interface HourlyPlan {
  /** From the daily sums, when whole days are asked for. */
  readonly days: readonly Span[];
  readonly hours: readonly Span[];
  readonly points: readonly Span[];
}

/** Undefined when the points alone must answer: no whole hours are asked for, or none is rolled up. */
export function hourlyPlan(query: SeriesQuery, rollup: Rollup): HourlyPlan | undefined {
  if (query.every_ms === undefined || query.every_ms % HOUR_MS !== 0) return undefined;
  const [start, end] = [Math.max(0, Math.ceil(query.from)), Math.ceil(query.to)];
  const from = hourOf(start + HOUR_MS - 1);
  const to = Math.min(hourOf(Math.max(0, end)), rollup.through);
  if (from >= to) return undefined;
  const holes = stretches([...rollup.dirty].filter((hour) => hour >= from && hour < to));
  if (holes.length > MOST_STRETCHES) return undefined;
  const hours: Span[] = [];
  let begun = from;
  for (const hole of [...holes, { from: to, to }]) {
    if (hole.from > begun) hours.push({ from: begun, to: hole.from });
    begun = hole.to;
  }
  const [days, rest] = daysOf(hours, query.every_ms, rollup);
  const edges = [{ from: start, to: from }, ...holes, { from: to, to: end }];
  return { days, hours: rest, points: edges.filter((edge) => edge.from < edge.to) };
}

/** Parts stretches of whole hours into the whole days that are rolled up, and the hours before and after. */
function daysOf(hours: readonly Span[], every: number, { days: { through } }: Rollup): [Span[], Span[]] {
  if (every % DAY_MS !== 0) return [[], [...hours]];
  const [days, rest]: [Span[], Span[]] = [[], []];
  for (const span of hours) {
    const from = dayOf(span.from + DAY_MS - 1);
    const to = Math.min(dayOf(span.to), through);
    const parts =
      from < to
        ? [
            { from: span.from, to: from },
            { from: to, to: span.to },
          ]
        : [span];
    if (from < to) days.push({ from, to });
    rest.push(...parts.filter((part) => part.from < part.to));
  }
  return [days, rest];
}

/** `bucket` and the mean of each field, oldest first. `series` is an SQL condition or empty. */
export function hourlySql(
  plan: HourlyPlan,
  table: Table,
  rollup: Rollup,
  fields: readonly string[],
  every: number,
  series: string,
): string {
  const and = series === '' ? '' : ` AND ${series}`;
  const sums = fields.map((field, i) => `${sumOf(field)} AS s${i}, ${countOf(field)} AS n${i}`);
  const values = fields.map((field, i) => `sum(${quoted(field)}) AS s${i}, count(${quoted(field)}) AS n${i}`);
  const parts = [
    ...plan.days.map(
      ({ from, to }) => `SELECT day - day % ${every} AS bucket, ${sums.join(', ')}
        FROM ${rollup.days.name} WHERE day >= ${from} AND day < ${to}${and}`,
    ),
    ...plan.hours.map(
      ({ from, to }) => `SELECT hour - hour % ${every} AS bucket, ${sums.join(', ')}
        FROM ${rollup.name} WHERE hour >= ${from} AND hour < ${to}${and}`,
    ),
    ...plan.points.map(
      ({ from, to }) => `SELECT ts - ts % ${every} AS bucket, ${values.join(', ')}
        FROM ${table.name} WHERE ts >= ${from} AND ts < ${to}${and} GROUP BY ts - ts % ${every}`,
    ),
  ];
  const means = fields.map((_, i) => `CASE WHEN sum(n${i}) > 0 THEN sum(s${i}) / sum(n${i}) END`);
  const any = fields.map((_, i) => `sum(n${i}) > 0`).join(' OR ');
  return `SELECT bucket, ${means.join(', ')} FROM (${parts.join(' UNION ALL ')})
    GROUP BY bucket HAVING ${any} ORDER BY bucket`;
}
