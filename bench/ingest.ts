import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { startBroker } from '../broker/aedes.ts';
import { createIngest } from '../ingest/ingest.ts';
import { startSeriesWriter } from '../ingest/series-writer.ts';
import { systemClock } from '../model/clock.ts';
import { type Directory, directoryOf } from '../model/directory.ts';
import { silentLog } from '../model/log.ts';
import type { Asset } from '../model/site.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import { openJournal } from '../store/journal/lmdb.ts';
import { openQuarantine } from '../store/quarantine/lmdb.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import type { LoadOrder, LoadResult } from './ingest-load.ts';

type Load = Omit<LoadOrder, 'port'>;

const SINGLE: Load = { devices: 50, messages: 300_000, readingsPerMessage: 1, window: 40 };
const BATCHES: Load = { devices: 50, messages: 60_000, readingsPerMessage: 10, window: 40 };
const WARM_UP: Load = { ...SINGLE, messages: 30_000 };

/** Runs the load in a process of its own, so that sending costs the broker nothing but its share of the cores. */
async function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(new URL('./ingest-load.js', import.meta.url));
  child.send(order);
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof first !== 'object' || first === null) throw new Error('the load generator failed');
  return first as LoadResult;
}

function perSecond(count: number, elapsedMs: number): number {
  return Math.round((count / elapsedMs) * 1_000);
}

function quantile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
}

function pumps(count: number): Directory {
  const assets = Array.from({ length: count }, (_, i): Asset => {
    const id = `p-${i + 1}`;
    const place = { name: id, x_m: 0, y_m: 0, circuit: '', gateway: '', attributes: {} };
    return { id, kind: 'pump', site: 'north', zone: 'cellar', ...place };
  });
  const place = { tz: 'UTC', lat: 0, lon: 0, plan: { width_m: 1, height_m: 1 } };
  const lighting = { offset_min: 0, level_pct: 100, steps: [] };
  return directoryOf([{ id: 'north', name: 'North', ...place, lighting, zones: [], people: [], assets }]);
}

/** The most that there is to be had: Aedes as it comes, acknowledging and forgetting. */
async function bareAedes(order: Load): Promise<LoadResult> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await load({ ...WARM_UP, port });
  const result = await load({ ...order, port });
  await new Promise<void>((resolve) => aedes.close(resolve));
  server.close();
  return result;
}

interface Whole {
  readonly result: LoadResult;
  /** Processor time of this process, all threads, for one reading: what does not change when the machine is shared. */
  readonly cpu_us: number;
  /** From the first message until the series engine had every reading. */
  readonly storedMs: number;
  readonly stored: number;
}

/** The whole way: broker, ingest, journal on disk before the acknowledgement, series writer, DuckDB. */
async function wholeWay(order: Load): Promise<Whole> {
  const dir = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const journal = await openJournal({ dir: join(dir, 'journal') });
  const quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
  const series = await openDuckdbSeries({ file: join(dir, 'series.duckdb') });
  const common = { clock: systemClock, log: silentLog };
  const writer = await startSeriesWriter({ journal, series, quarantine, ...common });
  const ingest = createIngest({ directory: pumps(order.devices), journal, quarantine });
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    ...common,
    authenticate: async ({ user, password }) => password === `secret of ${user}`,
    mayPublish: (user, topic) => parseTelemetryTopic(topic)?.asset === user.replace('dev', 'p'),
    maySubscribe: () => false,
    accept: ingest.accept,
    refuse: ingest.refuse,
  });
  try {
    await load({ ...WARM_UP, port: broker.port });
    await writer.caughtUp(journal.head());
    const before = writer.position();
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const result = await load({ ...order, port: broker.port });
    await writer.caughtUp(journal.head());
    const storedMs = performance.now() - begun;
    if (ingest.counters().rejected > 0)
      throw new Error(`rejected: ${quarantine.list({ limit: 1 })[0]?.detail}`);
    const { user, system } = process.cpuUsage(cpu);
    const stored = writer.position() - before;
    return { result, storedMs, stored, cpu_us: Math.round(((user + system) / stored) * 10) / 10 };
  } finally {
    await broker.close();
    await writer.stop();
    await Promise.all([journal.close(), quarantine.close(), series.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

function table(rows: readonly (readonly [string, number, string])[], say: (line: string) => void): void {
  for (const [name, value, unit] of rows) {
    say(`${name.padEnd(52)} ${value.toLocaleString('en').padStart(10)} ${unit}`);
  }
}

/** How many readings a second are acknowledged, and stored, beside what the bare broker manages in the same run. */
export async function benchIngest(say: (line: string) => void): Promise<Record<string, number>> {
  say(`${SINGLE.devices} devices, QoS 1, three metrics a reading, ${SINGLE.window} messages in flight each`);
  const bare = await bareAedes(SINGLE);
  const single = await wholeWay(SINGLE);
  const batches = await wholeWay(BATCHES);
  const figures = {
    bare_aedes_messages_per_s: perSecond(bare.acknowledged, bare.elapsedMs),
    acknowledged_readings_per_s: perSecond(single.result.acknowledged, single.result.elapsedMs),
    stored_readings_per_s: perSecond(single.stored, single.storedMs),
    batch10_acknowledged_readings_per_s: perSecond(batches.stored, batches.result.elapsedMs),
    batch10_stored_readings_per_s: perSecond(batches.stored, batches.storedMs),
    puback_p50_ms: quantile(single.result.latenciesMs, 0.5),
    puback_p99_ms: quantile(single.result.latenciesMs, 0.99),
    cpu_us_per_reading: single.cpu_us,
    batch10_cpu_us_per_reading: batches.cpu_us,
    ratio_to_bare: 0,
  };
  figures.ratio_to_bare =
    Math.round((figures.acknowledged_readings_per_s / figures.bare_aedes_messages_per_s) * 100) / 100;
  table(
    [
      ['bare Aedes, nothing stored', figures.bare_aedes_messages_per_s, 'messages/s'],
      ['acknowledged after the journal is on disk', figures.acknowledged_readings_per_s, 'readings/s'],
      ['stored in DuckDB', figures.stored_readings_per_s, 'readings/s'],
      ['acknowledged, ten readings a message', figures.batch10_acknowledged_readings_per_s, 'readings/s'],
      ['stored in DuckDB, ten readings a message', figures.batch10_stored_readings_per_s, 'readings/s'],
      ['PUBACK after, half of them', figures.puback_p50_ms, 'ms'],
      ['PUBACK after, 99 in 100', figures.puback_p99_ms, 'ms'],
      ['processor time, stored', figures.cpu_us_per_reading, 'µs a reading'],
      ['processor time, stored, ten readings a message', figures.batch10_cpu_us_per_reading, 'µs a reading'],
      ['share of the bare broker', figures.ratio_to_bare, ''],
    ],
    say,
  );
  return figures;
}
