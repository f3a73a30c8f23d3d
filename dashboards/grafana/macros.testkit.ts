/** What the person has chosen on the dashboard: a time range, a bucket width and the template variables. */
export interface Chosen {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  /** Values of each variable; several become `(a|b)`, as Grafana's InfluxDB datasource does inside a regex. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
  [1, 'ms'],
] as const;

/** A width as Grafana and InfluxQL write it: `15m`. */
export function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([unitMs]) => ms % unitMs === 0) ?? UNITS[4];
  return `${ms / size}${unit}`;
}

export function durationMs(text: string): number {
  const [, count, unit] = /^(\d+)(d|h|m|s|ms)$/.exec(text) ?? [];
  const found = UNITS.find(([, name]) => name === unit);
  if (count === undefined || found === undefined) throw new Error(`${text} is no duration`);
  return Number(count) * found[0];
}

function escapedForRegex(value: string): string {
  return value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}

function interpolated(values: readonly string[]): string {
  // `allValue` goes in as it is written.
  if (values.length === 1 && values[0] === '.*') return '.*';
  const escaped = values.map(escapedForRegex);
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
}

/**
 * Fills in a query as Grafana would: variables first (in the browser), then the InfluxDB datasource's macros in its
 * own order: `$__interval_ms` before `$__interval`, of which it begins with the name.
 */
export function filledIn(query: string, chosen: Chosen): string {
  let text = query
    .replaceAll(/\$\{__from\}/g, String(chosen.from))
    .replaceAll(/\$\{__to\}/g, String(chosen.to));
  for (const [name, values] of Object.entries(chosen.variables))
    text = text.replaceAll(new RegExp(`\\$${name}\\b`, 'g'), () => interpolated(values));
  return text
    .replaceAll('$timeFilter', `time >= ${chosen.from}ms and time <= ${chosen.to}ms`)
    .replaceAll('$interval', durationText(chosen.intervalMs))
    .replaceAll('$__interval_ms', String(chosen.intervalMs))
    .replaceAll('$__interval', durationText(chosen.intervalMs));
}
