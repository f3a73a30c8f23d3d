import { escape as escaped, type InfluxDB } from 'influx';
import { MEASUREMENTS } from '../../../model/measurements.ts';

/** Policies whose points stay when those of `autogen` expire. */
const ROLLUPS = [
  { policy: 'hourly', suffix: '1h', again: 'RESAMPLE EVERY 1h FOR 3h' },
  { policy: 'daily', suffix: '1d', again: 'RESAMPLE EVERY 1d FOR 2d' },
] as const;

/**
 * Has InfluxDB itself keep the means of each asset: `pump` by the hour as `"hourly"."pump_1h"` and by the day as
 * `"daily"."pump_1d"`, with fields `mean_…`. Each run takes the two buckets before in again, so that readings that
 * come up to two hours (a day) late count. What was there before the queries is not rolled up.
 *
 * Only what is missing is made: with the name the definition is settled.
 */
export async function prepareRollups1(client: InfluxDB, database: string): Promise<void> {
  const there = await queriesOf(client, database);
  const policies = new Set((await client.showRetentionPolicies(database)).map((each) => each.name));
  for (const { policy, suffix, again } of ROLLUPS) {
    if (!policies.has(policy))
      await client.createRetentionPolicy(policy, { database, duration: 'INF', replication: 1 });
    for (const { name: measurement, tags } of MEASUREMENTS) {
      const name = `steward_${measurement}_${suffix}`;
      // Faults and tickets are events, not measurements: their mean says nothing.
      if (there.has(name) || tags.length > 3) continue;
      const into = [database, policy, `${measurement}_${suffix}`]
        .map((part) => escaped.quoted(part))
        .join('.');
      const from = [database, 'autogen', measurement].map((part) => escaped.quoted(part)).join('.');
      const query = `SELECT mean(*) INTO ${into} FROM ${from} GROUP BY time(${suffix}), *`;
      await client.createContinuousQuery(name, query, database, again);
    }
  }
}

/** The client's own call gives those of all databases as if they were of one. */
async function queriesOf(client: InfluxDB, database: string): Promise<ReadonlySet<unknown>> {
  const answer = (await client.queryRaw('SHOW CONTINUOUS QUERIES')) as {
    readonly results: readonly {
      readonly series?: readonly { readonly name: string; readonly values?: readonly unknown[][] }[];
    }[];
  };
  const own = answer.results[0]?.series?.find((each) => each.name === database);
  return new Set(own?.values?.map(([name]) => name));
}
