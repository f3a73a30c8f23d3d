import { HttpError } from '@influxdata/influxdb-client';
import { type InfluxSeriesOptions, retentionHours } from './options.ts';
import type { InfluxAnswer } from './queries.ts';
import { type InfluxServer, keeperOf } from './server.ts';
import { isForbidden, reasonOf, tokenServer } from './server-token.ts';

/**
 * Statuses that mean "it is there" (409) and "this server has no such call" (404, 405, as on a hosted cluster, where
 * databases are made in its console): then the writes say whether it is there.
 */
const NO_MATTER = new Set([404, 405, 409]);

/** InfluxDB 3: InfluxQL over `/query` of version 1, writes over `/api/v2/write`. */
export function influxServer3(options: InfluxSeriesOptions, name: string, timeoutMs: number): InfluxServer {
  const server = tokenServer(options, name, timeoutMs);
  const hours = retentionHours(options.retention ?? 'INF');
  const make = async (): Promise<string | undefined> => {
    try {
      const kept = Number.isFinite(hours) ? { retention_period: `${hours}h` } : {};
      await server.call('POST', '/api/v3/configure/database', { db: name, ...kept });
      return undefined;
    } catch (error) {
      if (isForbidden(error) || (error instanceof HttpError && NO_MATTER.has(error.statusCode)))
        return undefined;
      return `no database ${name}: ${reasonOf(error)}`;
    }
  };
  return {
    database: keeperOf(make, server.ping),
    send: server.send,
    // Version 3 takes one statement a request.
    async ask(statements) {
      const results: InfluxAnswer['results'][number][] = [];
      for (const statement of statements) results.push((await server.query(statement)).results[0] ?? {});
      return { results };
    },
  };
}
