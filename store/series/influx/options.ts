import { StewardError } from '../../../model/codes.ts';

export interface InfluxSeriesOptions {
  /** `http://host:8086`; a path before InfluxDB's own is kept. */
  readonly url: string;
  /** Which InfluxDB it is: 1.x, 2.x, or 3; 1. */
  readonly version?: 1 | 2 | 3 | undefined;
  /** Database of versions 1 and 3, bucket of version 2; `steward`. Made when it is not there. */
  readonly database?: string | undefined;
  /** Version 1. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Version 2: name of the organisation. */
  readonly org?: string | undefined;
  /** Versions 2 and 3. */
  readonly token?: string | undefined;
  /** How long points are kept, as InfluxQL writes a duration (`90d`, `52w`); absent = left as it is. */
  readonly retention?: string | undefined;
  /** Series that may be begun in the life of the store; {@link DEFAULT_MAX_SERIES}. */
  readonly maxSeries?: number | undefined;
  /** How long one request may take, milliseconds; 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** @throws StewardError `config_invalid` for what cannot be meant. */
export function mustBeUsable(options: InfluxSeriesOptions): void {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new StewardError('config_invalid', `series.url is ${options.url}: write http://host:8086`);
  if (options.retention !== undefined && !/^([1-9]\d*[hdw]|INF)$/.test(options.retention))
    throw new StewardError(
      'config_invalid',
      `series.retention is ${options.retention}: write hours, days or weeks like 90d, or INF`,
    );
  if (options.version === 2 && (options.org ?? '') === '')
    throw new StewardError('config_invalid', 'series.org is empty: InfluxDB 2 needs its name');
  if ((options.version ?? 1) > 1 && /[\r\n]/.test(options.token ?? ''))
    throw new StewardError('config_invalid', 'series.token has a line break: write it on one line');
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** Hours of a retention such as `90d`; `INF` is infinite. */
export function retentionHours(retention: string): number {
  if (retention === 'INF') return Number.POSITIVE_INFINITY;
  return Number.parseInt(retention, 10) * (HOURS[retention.slice(-1)] ?? 1);
}
