import { escape as escaped, type InfluxDB } from 'influx';

/** Sees to it that the database is there. Answers undefined when all is well, or why not. */
export interface Database {
  /** Makes it when it is not known to be there. */
  ready(): Promise<string | undefined>;
  /** Asks the server now. */
  check(): Promise<string | undefined>;
  /** A write failed: it may have gone. */
  doubt(): void;
}

export function databaseKeeper(
  client: InfluxDB,
  name: string,
  retention: string | undefined,
  timeoutMs: number,
): Database {
  let known = false;
  let making: Promise<string | undefined> | undefined;

  const make = async (): Promise<string | undefined> => {
    try {
      await client.createDatabase(name);
      if (retention !== undefined) await client.query(retentionQuery(name, retention));
      known = true;
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // A user who may only read and write cannot make it; then the writes will say whether it is there.
      if (!/not authorized|requires admin/i.test(reason)) return `no database ${name}: ${reason}`;
      known = true;
      return undefined;
    }
  };
  const ready = async (): Promise<string | undefined> => {
    if (known) return undefined;
    making ??= make().finally(() => {
      making = undefined;
    });
    return making;
  };
  return {
    ready,
    async check() {
      const [server] = await client.ping(timeoutMs);
      if (server?.online !== true) {
        known = false;
        return 'does not answer';
      }
      return ready();
    },
    doubt() {
      known = false;
    },
  };
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/**
 * Changes `autogen`, the policy that every new database begins with, in place: what it holds stays. A shard must be
 * shorter than the retention, which the client's own call cannot say; lengths as InfluxDB's manual advises
 * (retention below 2 days: 1 h, to half a year: 1 day, longer: 7 days).
 */
function retentionQuery(database: string, retention: string): string {
  const hours =
    retention === 'INF'
      ? Number.POSITIVE_INFINITY
      : Number.parseInt(retention, 10) * (HOURS[retention.slice(-1)] ?? 1);
  const shard = hours < 48 ? '1h' : hours <= 4_380 ? '1d' : '7d';
  return `ALTER RETENTION POLICY "autogen" ON ${escaped.quoted(database)} DURATION ${retention} REPLICATION 1 SHARD DURATION ${shard} DEFAULT`;
}
