import { HttpError } from '@influxdata/influxdb-client';
import { MEASUREMENTS } from '../../../model/measurements.ts';
import type { TokenServer } from './server-token.ts';

/** `again`: how far back each run takes in what came late. */
const ROLLUPS = [
  { suffix: 'hourly', every: '1h', again: '3h' },
  { suffix: 'daily', every: '1d', again: '2d' },
] as const;

/** Faults and tickets are events, not measurements: their mean says nothing. */
const MEASURED = MEASUREMENTS.filter(({ tags }) => tags.length <= 3).map(({ name }) => name);

/** Buckets that hold the means of a bucket, for ever. */
export function rollupBuckets(bucket: string): readonly string[] {
  return ROLLUPS.map(({ suffix }) => `${bucket}_${suffix}`);
}

/**
 * Has InfluxDB 2 itself keep the means of each asset, by tasks that write into the buckets of {@link rollupBuckets},
 * each mean at the beginning of its hour or day. A run begins at a full one, or a part of it would pass for the whole.
 *
 * Only what is missing is made. A server or a token that has no tasks does without.
 */
export async function prepareRollups2(server: TokenServer, orgID: string, bucket: string): Promise<void> {
  for (const { suffix, every, again } of ROLLUPS) {
    const name = `steward_${bucket}_${suffix}`;
    const into = `${bucket}_${suffix}`;
    const flux = `import "date"

option task = {name: ${quoted(name)}, every: ${every}, offset: 2m}

from(bucket: ${quoted(bucket)})
    |> range(start: date.truncate(t: -${again}, unit: ${every}), stop: date.truncate(t: now(), unit: ${every}))
    |> filter(fn: (r) => contains(value: r._measurement, set: [${MEASURED.map(quoted).join(', ')}]))
    |> aggregateWindow(every: ${every}, fn: mean, createEmpty: false, timeSrc: "_start")
    |> to(bucket: ${quoted(into)}, orgID: ${quoted(orgID)})
`;
    try {
      const query = new URLSearchParams({ orgID, name });
      const { tasks } = (await server.call('GET', `/api/v2/tasks?${query}`)) as { tasks?: unknown[] };
      if ((tasks ?? []).length === 0)
        await server.call('POST', '/api/v2/tasks', { orgID, flux, status: 'active' });
    } catch (error) {
      if (!(error instanceof HttpError) || error.statusCode < 400 || error.statusCode >= 500) throw error;
    }
  }
}

/** A string of Flux. The names are ours or have passed the configuration; quoted all the same. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
}
