import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import type { Point } from '../model/point.ts';
import { seededRandom } from '../model/random.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import { openDuckdbSeries } from '../store/series/duckdb/store.ts';
import { openInfluxSeries } from '../store/series/influx/store.ts';
import { startInfluxProcess } from './influx-process.ts';
import { bytesIn, COMPACT_SOON, settledBytes } from './influx-size.ts';
import { quantile } from './quantile.ts';

const ASSETS = 1_000;
const ZONES = 4;
const DAYS = 30;
const EVERY_MS = 5 * MINUTE_MS;
const STEPS = (DAYS * DAY_MS) / EVERY_MS;
const READINGS = ASSETS * STEPS;
const FROM = Date.UTC(2026, 0, 1);
/** Points of a write: five moments of all assets. */
const STEPS_A_WRITE = 5;
const FIELDS = ['power_w', 'flow_m3_h', 'vibration_mm_s'];

const signal = new AbortController().signal;
const TAGS = Array.from({ length: ASSETS }, (_, i) => ({
  site: 'north',
  zone: `zone-${i % ZONES}`,
  asset: `p-${i}`,
}));

/** Pumps that differ and wander a little, with the digits that a sensor has. The same for every engine. */
function* batches(): Generator<readonly Point[]> {
  const random = seededRandom(20_261_124);
  const digits = (value: number, per: number) => Math.round(value * per) / per;
  for (let step = 0; step < STEPS; step += STEPS_A_WRITE) {
    const points: Point[] = [];
    for (let s = step; s < Math.min(step + STEPS_A_WRITE, STEPS); s++)
      for (const [i, tags] of TAGS.entries())
        points.push({
          measurement: 'pump',
          tags,
          ts: FROM + s * EVERY_MS,
          fields: {
            power_w: digits(700 + i / 10 + 40 * random.next(), 10),
            flow_m3_h: digits(12 + 2 * random.next(), 100),
            vibration_mm_s: digits(2 + random.next(), 100),
          },
        });
    yield points;
  }
}

async function fill(store: SeriesStore): Promise<number> {
  let [written, busyMs] = [0, 0];
  for (const points of batches()) {
    const begun = performance.now();
    written += points.length;
    const settled = await store.write(points, written, signal);
    busyMs += performance.now() - begun;
    if (settled.stored !== points.length) throw new Error(`not stored: ${settled.reason}`);
  }
  return Math.round((READINGS / busyMs) * 1_000);
}

/** Means of three metrics of a zone (250 assets) over 30 days, milliseconds each, shortest first. */
async function zoneMeans(store: SeriesStore, times: number, everyMs: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = -2; i < times; i++) {
    const where = { site: 'north', zone: `zone-${(i + ZONES) % ZONES}` };
    const query = { measurement: 'pump', fields: FIELDS, where, from: FROM, to: FROM + DAYS * DAY_MS };
    const begun = performance.now();
    const rows = await store.window({ ...query, every_ms: everyMs });
    if (i >= 0) took.push(performance.now() - begun);
    if (rows.length !== (DAYS * DAY_MS) / everyMs) throw new Error(`${rows.length} rows`);
  }
  return took.sort((a, b) => a - b);
}

async function measureDuckdb(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-bench-series-'));
  try {
    const file = join(folder, 'series.duckdb');
    const store = await openDuckdbSeries({ file });
    const rows_per_s = await fill(store);
    const hours = await zoneMeans(store, 60, HOUR_MS);
    const days = await zoneMeans(store, 60, DAY_MS);
    // No whole hours: must come from the points.
    const points = await zoneMeans(store, 20, HOUR_MS / 2);
    await store.close();
    return {
      duckdb_rows_per_s: rows_per_s,
      duckdb_hourly_p50_ms: quantile(hours, 0.5),
      duckdb_hourly_p95_ms: quantile(hours, 0.95),
      duckdb_daily_p50_ms: quantile(days, 0.5),
      duckdb_daily_p95_ms: quantile(days, 0.95),
      duckdb_half_hourly_p50_ms: quantile(points, 0.5),
      duckdb_half_hourly_p95_ms: quantile(points, 0.95),
      duckdb_bytes_per_reading: Math.round((bytesIn(folder) / READINGS) * 10) / 10,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureInflux(): Promise<Record<string, number>> {
  const influxd = await startInfluxProcess(COMPACT_SOON);
  try {
    const store = await openInfluxSeries({ url: influxd.url, timeoutMs: 60_000 });
    const rows_per_s = await fill(store);
    const bytes = await settledBytes(influxd.folder);
    const hours = await zoneMeans(store, 5, HOUR_MS);
    await store.close();
    return {
      influx_rows_per_s: rows_per_s,
      influx_hourly_p50_ms: quantile(hours, 0.5),
      influx_bytes_per_reading: Math.round((bytes / READINGS) * 10) / 10,
    };
  } finally {
    await influxd.end();
  }
}

/** DuckDB beside InfluxDB 1.x with the same points: how fast they take them, keep them, and answer for a zone. */
export async function benchSeries(say: (line: string) => void): Promise<Record<string, number>> {
  const count = READINGS.toLocaleString('en');
  say(`${count} readings of ${FIELDS.length} metrics: ${ASSETS} pumps, every 5 minutes, ${DAYS} days`);
  const figures = { ...(await measureDuckdb()), ...(await measureInflux()) };
  for (const [name, value] of Object.entries(figures))
    say(`${name.padEnd(32)} ${value.toLocaleString('en').padStart(12)}`);
  return figures;
}
