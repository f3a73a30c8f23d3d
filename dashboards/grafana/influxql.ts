/**
 * Pieces of InfluxQL as Grafana sends it. `$site` and `$zone` become `(a|b)` or `.*`; `$timeFilter`, `$__interval`
 * and `$__interval_ms` are Grafana's macros.
 *
 * Two traps of InfluxDB 1.6.7, both measured and both without an error: a subquery with any fill but `none` makes the
 * outer GROUP BY time emit every bucket once per inner series, and `first()` of several series comes out of a subquery
 * unsorted, which does the same. So no subquery here fills, and none selects one point of a series without a time.
 */
const HERE = '"site" =~ /^$site$/ AND "zone" =~ /^$zone$/';

/** Points of the time range shown, at the sites and zones chosen. */
export const SHOWN = `$timeFilter AND ${HERE}`;

/**
 * Points up to the end of the time range: what was written once, when it changed, holds until the next change, however
 * long ago it was.
 */
const UNTIL_NOW = `time <= \${__to}ms AND ${HERE}`;

/** `field` of `measurement`, `of` each bucket of time, one line per `tag`. */
export function overTime(of: string, measurement: string, tag: string, more = ''): string {
  return `SELECT ${of} FROM "${measurement}" WHERE ${SHOWN}${more} GROUP BY time($__interval), "${tag}" fill(none)`;
}

/** How many of the faults or tickets (one per asset and rule) have `field` = 1 at the end of the time range. */
export function countNow(measurement: 'fault' | 'ticket', field: string, tag: string, more = ''): string {
  return (
    `SELECT sum("n") FROM (SELECT last("${field}") AS "n" FROM "${measurement}" WHERE ${UNTIL_NOW}${more} ` +
    `GROUP BY "asset", "rule", "kind", "severity", "zone") GROUP BY "${tag}"`
  );
}

/** How far back a fault may have begun to be counted at the left edge. */
const LOOK_BACK = '14d';

/**
 * Faults active over time, by rule. Points come when a fault changes: 1 from firing, 0 from clearing, and either may be
 * repeated. Grafana shows the part that lies in the time range.
 *
 * With a₁ … aₙ the points of one fault so far, its state is aₙ = Σaᵢ − Σaᵢ₋₁, and InfluxQL can only say the second sum
 * (i from 2) as Σ(aᵢ + aᵢ₋₁)/2 − Σ(aᵢ − aᵢ₋₁)/2. The obvious Σ(aᵢ − aᵢ₋₁) would forget a₁, the first firing.
 */
export function faultsOverTime(more = ''): string {
  const span = `time >= \${__from}ms - ${LOOK_BACK} AND time <= \${__to}ms`;
  const which = `${span} AND ${HERE}${more}`;
  return (
    'SELECT cumulative_sum(sum("a")) - cumulative_sum(sum("mean")) + cumulative_sum(sum("step")) / 2 FROM ' +
    `(SELECT "active" AS "a" FROM "fault" WHERE ${which}), ` +
    '(SELECT moving_average("active", 2) AS "mean", difference("active") AS "step" FROM "fault" ' +
    `WHERE ${which} GROUP BY "asset", "rule") ` +
    `WHERE ${span} GROUP BY time($__interval), "rule" fill(0)`
  );
}

/** The last value of each asset in each bucket, then `of` these per tag: a chatty sensor does not weigh more. */
export function acrossAssets(of: string, field: string, measurement: string, tag: string): string {
  return (
    `SELECT ${of} FROM (SELECT last("${field}") AS "${field}" FROM "${measurement}" WHERE ${SHOWN} ` +
    `GROUP BY time($__interval), "asset", "${tag}" fill(none)) WHERE $timeFilter ` +
    `GROUP BY time($__interval), "${tag}" fill(none)`
  );
}

/** Readings a second of a measurement, counted by a field that each of its readings has. */
export function ratePerSecond(measurement: string, field: string): string {
  return (
    `SELECT count("${field}") * 1000.0 / $__interval_ms FROM "${measurement}" WHERE ${SHOWN} ` +
    'GROUP BY time($interval) fill(0)'
  );
}
