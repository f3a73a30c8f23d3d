import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestReportView } from '../../model/views/backtest.ts';
import type { ListView } from '../../model/views/list.ts';
import type { ReadingsView } from '../../model/views/site.ts';
import type { TicketView } from '../../model/views/ticket.ts';
import { type Influxd, startInfluxd } from '../../store/series/influx/influxd.testkit.ts';
import { isMissing } from '../engines.testkit.ts';
import {
  eventually,
  runSteward,
  type StewardProcess,
  startDemoProcess,
  temporaryData,
} from '../steward.testkit.ts';
import { BENCH, mosquittoPub } from './publish.testkit.ts';

const FOLDER = resolve(import.meta.dirname, '../../rules/library');
const LIBRARY = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => join(FOLDER, name));
const HISTORY_MS = 180_000;
/** Whole processes, on a machine that may be busy with other suites. */
const RUN_MS = 180_000;

describe.skipIf(isMissing('influxd', 'influx', 'mosquitto_pub'))('the demo estate on InfluxDB 1.x', () => {
  const data = temporaryData();
  let influxd: Influxd;
  let steward: StewardProcess;

  beforeAll(async () => {
    influxd = await startInfluxd();
    steward = await startDemoProcess({
      data: data.path,
      environment: { STEWARD_SERIES_ENGINE: 'influx', STEWARD_SERIES_URL: influxd.url },
    });
    await steward.says('100 %', HISTORY_MS);
  }, HISTORY_MS + 60_000);
  afterAll(async () => {
    await steward?.stop();
    await influxd?.end();
    data.remove();
  });

  it('keeps what is published, and `influx -execute` shows it', async () => {
    const payload = JSON.stringify({ running: false, power_w: 4321.5 });
    expect((await mosquittoPub({ steward, ...BENCH, payload })).code).toBe(0);
    const from = Date.now() - 60_000;
    await eventually(
      'the reading is in the API',
      async () => {
        const { items } = await steward.get<ReadingsView>(`/api/v1/assets/pump-12/readings?from=${from}`);
        return items.some((row) => row.values['power_w'] === 4321.5);
      },
      1_000,
    );
    const { hostname, port } = new URL(influxd.url);
    const select = "SELECT power_w FROM pump WHERE asset = 'pump-12'";
    const out = execFileSync(
      'influx',
      ['-host', hostname, '-port', port, '-database', 'steward', '-precision', 'ms', '-execute', select],
      { encoding: 'utf8' },
    );
    expect(out).toContain('4321.5');
  });

  it(
    'tries rules on the past of InfluxDB, beside Steward, and raises what was raised live',
    async () => {
      const to = new Date(Date.now() - 3_600_000).toISOString();
      const { code, out, err } = await runSteward(
        [
          'rules',
          'backtest',
          '--demo',
          '--data',
          data.path,
          '--rule',
          ...LIBRARY,
          '--from',
          '3d',
          '--to',
          to,
          '--json',
        ],
        { STEWARD_SERIES_ENGINE: 'influx', STEWARD_SERIES_URL: influxd.url },
      );
      expect(code, err).toBe(0);
      const report = JSON.parse(out) as BacktestReportView;
      const { items } = await steward.get<ListView<TicketView>>('/api/v1/tickets?limit=100');
      const lived = items.filter(({ opened_at }) => opened_at < to);
      expect(report.readings).toBeGreaterThan(250_000);
      expect(lived.length).toBeGreaterThan(5);
      expect(report.tickets.map(({ rule, asset, from }) => `${rule}/${asset} ${from}`).sort()).toEqual(
        lived.map(({ rule, asset, opened_at }) => `${rule}/${asset} ${opened_at}`).sort(),
      );
    },
    RUN_MS,
  );

  it('has the whole history, and faults and tickets beside it', async () => {
    const accepted = await (await fetch(`${steward.http}/metrics`)).text();
    const total = Number(/^steward_readings_total (\d+)/m.exec(accepted)?.[1]);
    const countOf = async (measurement: string, field: string): Promise<number> => {
      const answer = (await influxd.query(`SELECT COUNT(${field}) FROM ${measurement}`, 'steward')) as {
        results: { series?: { values: [number, number][] }[] }[];
      };
      return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
    };
    await eventually(
      'all readings are stored',
      async () => {
        const stored =
          (await countOf('pump', 'running')) +
          (await countOf('luminaire', 'power_w')) +
          (await countOf('bay', 'occupied')) +
          (await countOf('circuit', 'power_w')) +
          (await countOf('gateway', 'uptime_s'));
        return stored >= 250_000 && stored >= total * 0.99;
      },
      60_000,
    );
    expect(await countOf('ticket', 'opened')).toBeGreaterThan(5);
    expect(await countOf('fault', 'active')).toBeGreaterThan(5);
  });
});
