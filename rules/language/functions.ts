/** A function of the language, for people. */
export interface FunctionNote {
  readonly name: string;
  readonly usage: string;
  readonly gives: string;
}

const OVER = 'over the samples of the window, which ends at the newest one';

/** Every function that can be called, in the order of the reference. */
export const FUNCTION_NOTES: readonly FunctionNote[] = [
  { name: 'avg', usage: 'avg(power_w, "10m")', gives: `mean ${OVER}` },
  { name: 'min', usage: 'min(power_w, "10m")', gives: `least ${OVER}` },
  { name: 'max', usage: 'max(power_w, "10m")', gives: `greatest ${OVER}` },
  { name: 'sum', usage: 'sum(power_w, "10m")', gives: `sum ${OVER}` },
  { name: 'count', usage: 'count(power_w, "10m")', gives: `number of samples ${OVER}` },
  { name: 'stddev', usage: 'stddev(power_w, "10m")', gives: `standard deviation ${OVER}` },
  { name: 'changes', usage: 'changes(running, "1h")', gives: `how often it changed ${OVER}` },
  {
    name: 'rate',
    usage: 'rate(starts, "1h")',
    gives: 'increase of a counter per hour; resets are seen; a young window makes much of little',
  },
  { name: 'slope', usage: 'slope(battery_pct, "14d")', gives: 'least squares through the window, per hour' },
  { name: 'last', usage: 'last(power_w)', gives: 'the newest value, however old' },
  { name: 'known', usage: 'known(power_w)', gives: 'whether a value is known; never unknown itself' },
  { name: 'since', usage: 'since(power_w)', gives: 'time since its newest sample' },
  {
    name: 'since_change',
    usage: 'since_change(occupied)',
    gives:
      'for how long it is known to be the same: since it last changed or was first seen. What happened in a silence nobody knows: after one that is longer than the device promises (three and a half heartbeats; none promised: never) it counts from when it was heard again. `since_change(occupied, "1d")` minds only a silence longer than a day. Unknown while such a silence lasts',
  },
  {
    name: 'since_day',
    usage: 'since_day(installed)',
    gives: 'time since a day among the attributes (midnight UTC); unknown where it is empty',
  },
  {
    name: 'absent',
    usage: 'absent("10m")',
    gives: 'nothing at all was heard of the asset for so long; also `absent(2.5 * heartbeat_s)`',
  },
  {
    name: 'baseline',
    usage: 'baseline(flow_m3_h, "3d", running)',
    gives:
      'the mean of the first three days of samples that count: their value is known and the condition (which may be left out) is true. Unknown before they are over; it stays, for a slow fault must not move it. Begins anew after `installed` and `serviced`',
  },
  {
    name: 'deviation',
    usage: 'deviation(flow_m3_h, "3d", running)',
    gives: 'the standard deviation of the same samples',
  },
  {
    name: 'smooth',
    usage: 'smooth(flow_m3_h, "1h", running)',
    gives:
      'mean with exponentially falling weights, time constant one hour of the time in which samples count; unknown before half of it, and while nothing is heard',
  },
  {
    name: 'anomaly',
    usage: 'anomaly(vibration_mm_s, "7d", running)',
    gives:
      'how far it has left the habits of its first week that counts: above 1 is an anomaly ([decision 23](decisions/0023-anomaly-by-two-means.md))',
  },
  {
    name: 'run_p99',
    usage: 'run_p99(running, "14d")',
    gives:
      'how long 99 of a hundred of its runs last at most, in hours: of the whole runs that were heard in the first 14 days, at least ten and at most 799. Frozen then, as `baseline` is',
  },
  {
    name: 'peers',
    usage: 'peers("circuit", power_w)',
    gives:
      'mean of an expression over the other assets of its `circuit`, `gateway`, `zone` or `site` (of its kind) for which it is known; of a condition: the share for which it is true',
  },
  {
    name: 'total',
    usage: 'total("bay", "zone", "occupied")',
    gives:
      'sum of an expression over all assets of another kind in its `circuit`, `gateway`, `zone` or `site` for which it is known; of a condition: how many it is true for. The expression is a text, as its names are those of the other kind',
  },
  {
    name: 'night',
    usage: 'night(30)',
    gives: 'from 30 minutes after sunset to 30 before sunrise; polar nights are one night',
  },
  { name: 'day', usage: 'day(30)', gives: 'from 30 minutes after sunrise to 30 before sunset' },
  {
    name: 'local_time',
    usage: 'local_time("22:00", "06:00")',
    gives: "the site's wall clock is in between, across midnight too, daylight saving included",
  },
  {
    name: 'duration',
    usage: 'duration("7d")',
    gives:
      'a span of time, to compare `since` and `since_change` with; so are names in `_s`, `_min`, `_h`, `_d`',
  },
];

export const FUNCTIONS: readonly string[] = FUNCTION_NOTES.map(({ name }) => name);
