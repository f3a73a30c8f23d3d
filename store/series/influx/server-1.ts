import { escape as escaped, InfluxDB } from 'influx';
import { type InfluxSeriesOptions, retentionHours } from './options.ts';
import type { InfluxAnswer } from './queries.ts';
import { prepareRollups1 } from './rollups-1.ts';
import { httpSender, writeTarget1 } from './sender.ts';
import { type InfluxServer, keeperOf } from './server.ts';

/** The pool bans a host that failed once; with one host that only delays the next try. */
const NO_BAN = { getDelay: () => 0, next: () => NO_BAN, reset: () => NO_BAN };

function clientOf(options: InfluxSeriesOptions, database: string, timeoutMs: number): InfluxDB {
  const url = new URL(options.url);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new InfluxDB({
    protocol,
    host: url.hostname,
    port: Number(url.port) || (protocol === 'https' ? 443 : 80),
    path: url.pathname.replace(/\/+$/, ''),
    database,
    ...(options.user === undefined ? {} : { username: options.user, password: options.password ?? '' }),
    pool: { requestTimeout: timeoutMs, maxRetries: 0, backoff: NO_BAN },
  });
}

/** InfluxDB 1.x, through the `influx` package; writes go over our sender. */
export function influxServer1(options: InfluxSeriesOptions, name: string, timeoutMs: number): InfluxServer {
  const client = clientOf(options, name, timeoutMs);
  const { url, user, password, retention } = options;
  const signIn = Buffer.from(`${user}:${password ?? ''}`).toString('base64');

  const make = async (): Promise<string | undefined> => {
    try {
      await client.createDatabase(name);
      if (retention !== undefined) await client.query(retentionQuery(name, retention));
      await prepareRollups1(client, name);
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // A user who may only read and write cannot make it; then the writes will say whether it is there.
      return /not authorized|requires admin/i.test(reason) ? undefined : `no database ${name}: ${reason}`;
    }
  };
  const ping = async (): Promise<string | undefined> =>
    (await client.ping(timeoutMs))[0]?.online === true ? undefined : 'does not answer';
  return {
    database: keeperOf(make, ping),
    send: httpSender({
      target: writeTarget1(url, name),
      authorization: user === undefined ? undefined : `Basic ${signIn}`,
      timeoutMs,
    }),
    ask: async (statements) =>
      (await client.queryRaw(statements.join('; '), { precision: 'ms', method: 'POST' })) as InfluxAnswer,
  };
}

/**
 * Changes `autogen`, the policy that every new database begins with, in place: what it holds stays. A shard must be
 * shorter than the retention, which the client's own call cannot say; lengths as InfluxDB's manual advises
 * (retention below 2 days: 1 h, to half a year: 1 day, longer: 7 days).
 */
function retentionQuery(database: string, retention: string): string {
  const hours = retentionHours(retention);
  const shard = hours < 48 ? '1h' : hours <= 4_380 ? '1d' : '7d';
  return `ALTER RETENTION POLICY "autogen" ON ${escaped.quoted(database)} DURATION ${retention} REPLICATION 1 SHARD DURATION ${shard} DEFAULT`;
}
