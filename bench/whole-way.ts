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
import { openJournal } from '../store/journal/journal.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import { openInfluxSeries } from '../store/series/influx/store.ts';
import { startInfluxProcess } from './influx-process.ts';
import type { LoadOrder, LoadResult } from './ingest-load.ts';

export type Load = Omit<LoadOrder, 'port' | 'firstTs'>;
export type Engine = 'duckdb' | 'influx';

const WARM_UP_S = 2;
/** Readings are that old at first, within what ingest takes. */
const BEGIN_AGO_MS = 240_000;

/** Runs the load in a process of its own, so that sending costs the broker nothing but its share of the cores. */
async function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(new URL('./ingest-load.js', import.meta.url));
  child.send(order);
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof first !== 'object' || first === null) throw new Error('the load generator failed');
  return first as LoadResult;
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
export async function bareAedes(order: Load): Promise<LoadResult> {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const firstTs = Date.now();
  await load({ ...order, port, firstTs, seconds: WARM_UP_S });
  const result = await load({ ...order, port, firstTs });
  await new Promise<void>((resolve) => aedes.close(resolve));
  server.close();
  return result;
}

interface OpenEngine {
  readonly series: SeriesStore;
  /** Readings that are stored. */
  count(): Promise<number>;
  end(): Promise<void>;
}

async function openEngine(engine: Engine, dir: string): Promise<OpenEngine> {
  if (engine === 'duckdb') {
    const series = await openDuckdbSeries({ file: join(dir, 'series.duckdb') });
    return { series, count: () => series.count('pump'), end: () => series.close() };
  }
  const influxd = await startInfluxProcess();
  const series = await openInfluxSeries({ url: influxd.url });
  return {
    series,
    // The store's own count looks at every field, which takes longer than it may wait for so many millions.
    count: async () => (await influxd.ask('SELECT COUNT(power_w) FROM pump'))[0] ?? 0,
    end: () => series.close().then(influxd.end),
  };
}

export interface Whole {
  readonly result: LoadResult;
  /** Processor time of this process, all threads, for one reading: what does not change when the machine is shared. */
  readonly cpu_us: number;
  /** From the first message until the series engine had every reading. */
  readonly storedMs: number;
  readonly stored: number;
}

/**
 * The whole way: broker, ingest, journal on disk before the acknowledgement, series writer, engine. Every asset is
 * heard once before the clock starts. At the end the engine is asked whether it has each reading once.
 */
export async function wholeWay(order: Load, engine: Engine): Promise<Whole> {
  const dir = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const journal = await openJournal({ dir: join(dir, 'journal') });
  const quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
  const { series, count, end } = await openEngine(engine, dir);
  const common = { clock: systemClock, log: silentLog };
  const writer = await startSeriesWriter({ journal, series, quarantine, ...common });
  const ingest = createIngest({ directory: pumps(order.assets), journal, quarantine });
  const deviceOf = (asset: string | undefined): number => ((Number(asset?.slice(2)) - 1) % order.devices) + 1;
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    ...common,
    authenticate: async ({ user, password }) => password === `secret of ${user}`,
    isDevice: async () => false,
    mayPublish: (user, topic) => `dev-${deviceOf(parseTelemetryTopic(topic)?.asset)}` === user,
    maySubscribe: () => false,
    isForSubscribers: () => true,
    version: 'bench',
    accept: ingest.accept,
    refuse: ingest.refuse,
  });
  try {
    const { port } = broker;
    let firstTs = Date.now() - BEGIN_AGO_MS;
    do firstTs = (await load({ ...order, port, firstTs, seconds: WARM_UP_S })).nextTs;
    while (ingest.counters().messages < order.assets * 1.2);
    await writer.caughtUp(journal.head());
    const before = writer.position();
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const result = await load({ ...order, port, firstTs });
    await writer.caughtUp(journal.head());
    const storedMs = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    const stored = writer.position() - before;
    if (ingest.counters().rejected > 0)
      throw new Error(`rejected: ${quarantine.list({ limit: 1 })[0]?.detail}`);
    const held = await count();
    if (held !== ingest.counters().readings)
      throw new Error(`${ingest.counters().readings} readings were acknowledged, ${held} are stored`);
    return { result, storedMs, stored, cpu_us: Math.round(((user + system) / stored) * 10) / 10 };
  } finally {
    await broker.close();
    await writer.stop();
    await end();
    await Promise.all([journal.close(), quarantine.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}
