import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config-schema.ts';
import { type Finding, finding } from './finding.ts';
import { clockAgainst } from './machine.ts';

const TIMEOUT_MS = 5_000;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: start InfluxDB, or correct series.url',
  ENOTFOUND: 'this name has no address: correct series.url, or mend the name service',
  EHOSTUNREACH: 'there is no way to this machine: look at the network',
  ECONNRESET: 'it hangs up: is that InfluxDB, and http rather than https?',
};

function inWords(error: unknown): string {
  if ((error as Error).name === 'TimeoutError')
    return `no answer within ${TIMEOUT_MS / 1_000} s: a firewall, or InfluxDB is overloaded`;
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return REASONS[cause?.code ?? ''] ?? cause?.message ?? (error as Error).message;
}

/** Whether the series engine can be reached, and whether its machine has the same time. */
export async function seriesEngine({ series, data }: Config, now: () => number): Promise<Finding[]> {
  if (series.engine === 'duckdb') {
    const file = join(data, 'series.duckdb');
    return [finding('series', 'ok', existsSync(file) ? `DuckDB ${file}` : `DuckDB ${file}, not there yet`)];
  }
  if (!URL.canParse(series.url))
    return [finding('series', 'wrong', `series.url is "${series.url}": write http://host:8086`)];
  try {
    const url = `${series.url.replace(/\/+$/, '')}/ping`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.arrayBuffer();
    const off = clockAgainst(series.url, answer.headers.get('date'), now());
    const version = answer.headers.get('x-influxdb-version') ?? '';
    const found = `InfluxDB ${version} answers at ${series.url}`;
    const strange = `${series.url} answers ${answer.status} to /ping: is that InfluxDB?`;
    const level = answer.ok || answer.status === 401;
    return [finding('series', level ? 'ok' : 'wrong', level ? found : strange), ...(off ? [off] : [])];
  } catch (error) {
    return [finding('series', 'wrong', `InfluxDB at ${series.url}: ${inWords(error)}`)];
  }
}
