import { HttpError } from '@influxdata/influxdb-client';
import { type InfluxSeriesOptions, retentionHours } from './options.ts';
import { prepareRollups2, rollupBuckets } from './rollups-2.ts';
import { type InfluxServer, keeperOf } from './server.ts';
import { isForbidden, reasonOf, type TokenServer, tokenServer } from './server-token.ts';

interface Bucket {
  readonly id: string;
  readonly orgID: string;
  readonly retentionRules?: readonly { readonly everySeconds?: number }[];
}

/** Seconds, 0 = for ever, as buckets say it. */
function everySeconds(retention: string): number {
  const hours = retentionHours(retention);
  return Number.isFinite(hours) ? hours * 3_600 : 0;
}

async function bucketOf(server: TokenServer, org: string, name: string): Promise<Bucket | undefined> {
  try {
    const query = new URLSearchParams({ org, name });
    const { buckets } = (await server.call('GET', `/api/v2/buckets?${query}`)) as { buckets?: Bucket[] };
    return buckets?.[0];
  } catch (error) {
    // Some releases answer 404 to the name of a bucket that is not there.
    if (error instanceof HttpError && error.statusCode === 404 && /bucket/i.test(reasonOf(error)))
      return undefined;
    throw error;
  }
}

async function createBucket(
  server: TokenServer,
  org: string,
  name: string,
  seconds: number,
): Promise<Bucket> {
  const { orgs } = (await server.call('GET', `/api/v2/orgs?${new URLSearchParams({ org })}`)) as {
    orgs?: { id: string }[];
  };
  const orgID = orgs?.[0]?.id;
  if (orgID === undefined) throw new Error(`there is no organisation ${org}`);
  const retentionRules = seconds === 0 ? [] : [{ type: 'expire', everySeconds: seconds }];
  return (await server.call('POST', '/api/v2/buckets', { orgID, name, retentionRules })) as Bucket;
}

async function setRetention(server: TokenServer, bucket: Bucket, seconds: number): Promise<void> {
  if ((bucket.retentionRules?.[0]?.everySeconds ?? 0) === seconds) return;
  const retentionRules = seconds === 0 ? [] : [{ type: 'expire', everySeconds: seconds }];
  await server.call('PATCH', `/api/v2/buckets/${bucket.id}`, { retentionRules });
}

/** InfluxQL reads a database and a retention policy; the mapping says which bucket is meant. */
async function mapDatabase(server: TokenServer, bucket: Bucket, name: string): Promise<void> {
  const query = new URLSearchParams({ orgID: bucket.orgID, db: name });
  const { content } = (await server.call('GET', `/api/v2/dbrps?${query}`)) as {
    content?: { bucketID: string; default: boolean }[];
  };
  if (content?.some((each) => each.default && each.bucketID === bucket.id)) return;
  const mapping = { bucketID: bucket.id, orgID: bucket.orgID, database: name };
  await server.call('POST', '/api/v2/dbrps', { ...mapping, retention_policy: 'autogen', default: true });
}

/**
 * InfluxDB 2.x: buckets, retention, the mapping (DBRP) through which InfluxQL reads them, and the tasks that roll up are
 * set up with the official client; writes go over our sender.
 */
export function influxServer2(options: InfluxSeriesOptions, name: string, timeoutMs: number): InfluxServer {
  const server = tokenServer(options, name, timeoutMs);
  const { org = '', retention } = options;
  const make = async (): Promise<string | undefined> => {
    try {
      const found = await bucketOf(server, org, name);
      const seconds = everySeconds(retention ?? 'INF');
      const bucket = found ?? (await createBucket(server, org, name, seconds));
      if (found !== undefined && retention !== undefined) await setRetention(server, found, seconds);
      await mapDatabase(server, bucket, name);
      for (const rollup of rollupBuckets(name)) {
        const kept = (await bucketOf(server, org, rollup)) ?? (await createBucket(server, org, rollup, 0));
        await mapDatabase(server, kept, rollup);
      }
      await prepareRollups2(server, bucket.orgID, name);
      return undefined;
    } catch (error) {
      return isForbidden(error) ? undefined : `no bucket ${name}: ${reasonOf(error)}`;
    }
  };
  return {
    database: keeperOf(make, server.ping),
    send: server.send,
    ask: (statements) => server.query(statements.join('; ')),
  };
}
