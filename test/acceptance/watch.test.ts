import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../app/config.ts';
import { type DataFolder, openDataFolder } from '../../app/data-folder.ts';
import { createDemoCredentials, demoDeviceSecret } from '../../app/demo-credentials.ts';
import { ruleFilesOf } from '../../app/rule-files.ts';
import { loadSites } from '../../app/site-file.ts';
import { type Steward, startSteward } from '../../app/steward.ts';
import type { Site } from '../../model/site.ts';
import type { ReadyView } from '../../model/views/watch.ts';
import { loadRules } from '../../rules/language/load.ts';
import { type Influxd, startInfluxd } from '../../store/series/influx/influxd.testkit.ts';
import { isMissing } from '../engines.testkit.ts';
import { eventually } from '../steward.testkit.ts';

const SITE = `site: { id: cellar, name: Cellar, tz: Europe/Berlin, lat: 52.5, lon: 13.4 }
people:
  - { id: boss, name: Boss, role: manager }
zones:
  - { id: sump, name: Sump, steward: boss }
assets:
  - { id: gw-1, kind: gateway, zone: sump }
  - { id: pump-1, kind: pump, zone: sump }
`;
const RULES = `groups:
  - name: own
    rules:
      - rule: TooMuchPower
        on: pump
        when: power_w > 4000
        clear: power_w < 3000
        severity: major
        trade: plumber
        evidence: [power_w]
        words: "It draws {power_w} W."
        ticket:
          title: "{asset.name} draws too much"
`;

interface Line {
  readonly msg: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

describe.skipIf(isMissing('influxd'))('Steward watches its own steps', () => {
  const dir = mkdtempSync(join(tmpdir(), 'steward-watch-'));
  const lines: Line[] = [];
  let influxd: Influxd;
  let folder: DataFolder;
  let steward: Steward;
  let device: MqttClient;

  const ready = async (): Promise<ReadyView> =>
    (await (await fetch(`${steward.httpUrl}/readyz`)).json()) as ReadyView;
  const publish = (values: object): Promise<unknown> =>
    device.publishAsync('site/cellar/pump/pump-1/telemetry', JSON.stringify(values), { qos: 1 });
  const ownTicket = async () =>
    (await steward.records.tickets.list({ rule: 'steward-stands-still-series-writer', limit: 1 })).items[0];

  beforeAll(async () => {
    writeFileSync(join(dir, 'site.yaml'), SITE);
    writeFileSync(join(dir, 'own.yaml'), RULES);
    influxd = await startInfluxd();
    folder = openDataFolder(join(dir, 'data'));
    const config = loadConfig({
      environment: {},
      flags: {
        data: folder.path,
        sites: [join(dir, 'site.yaml')],
        rules: { library: false, files: [join(dir, 'own.yaml')] },
        http: { port: 0 },
        mqtt: { port: 0 },
        series: { engine: 'influx', url: influxd.url },
        watch: { asset: 'gw-1' },
      },
    });
    const sites = loadSites(config.sites);
    steward = await startSteward({
      config,
      folder,
      sites,
      rules: loadRules(ruleFilesOf(config)),
      log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) }),
      upSince: Date.now(),
      stallLimits: { followerMs: 1_500, appendMs: 10_000, loopMs: 20_000 },
      prepare: (records) => createDemoCredentials(records, folder, sites[0] as Site),
    });
    steward.goLive();
    const name = 'dev-pump-1';
    device = await connectAsync(steward.mqttUrl, {
      clientId: name,
      username: name,
      password: demoDeviceSecret(folder, name),
    });
  });
  afterAll(async () => {
    await device?.endAsync();
    await steward?.close();
    folder?.close();
    await influxd?.end();
    rmSync(dir, { recursive: true, force: true });
  });

  it('follows a reading by its message id, from the broker to the ticket', async () => {
    await publish({ power_w: 4321 });
    await eventually('a ticket was opened', () => lines.some((line) => line.msg === 'ticket opened'));
    const opened = lines.find((line) => line.msg === 'ticket opened')!;
    expect(opened.message).toBeTruthy();
    await eventually('it is stored', () =>
      lines.some((line) => line.msg === 'stored' && line.message === opened.message),
    );
    const way = lines.filter((line) => line.message === opened.message).map((line) => line.msg);
    expect(way[0]).toBe('received');
    // The rules read the journal as soon as it is on disk: that they are told of first is as good.
    expect(way).toEqual(expect.arrayContaining(['journalled', 'acknowledged', 'stored']));
    const after = ['through the rules', 'fault firing', 'ticket opened'];
    expect(way.filter((msg) => after.includes(msg))).toEqual(after);
    const fault = lines.find((line) => line.msg === 'fault firing');
    expect(fault).toMatchObject({ cause: opened['cause'], fault: 'TooMuchPower/pump-1' });
    const [event] = await steward.records.tickets.events(String(opened['ticket']));
    expect(event?.cause).toBe(opened['cause']);
  });

  it('follows a rejected message as far as it came', async () => {
    await publish({ power_w: 'much' });
    const rejected = lines.find((line) => line['code'] === 'value_wrong_type');
    const way = lines.filter((line) => line.message === rejected?.message).map((line) => line.msg);
    expect(way[0]).toBe('received');
    expect(way[1]).toMatch(/^rejected: /);
    expect(way).not.toContain('journalled');
    const figures = await (await fetch(`${steward.httpUrl}/metrics`)).text();
    expect(figures).toContain('steward_rejected_by_code_total{code="value_wrong_type"} 1\n');
  });

  it('says that the series writer stands still, tells a fault of its own, and takes it back', async () => {
    expect(await ready()).toMatchObject({ ok: true, parts: { series_writer: { ok: true } } });
    await influxd.kill();
    await publish({ power_w: 100 });
    const red = await eventually('it stands', async () => {
      const view = await ready();
      return view.parts['series_writer']?.ok ? undefined : view;
    });
    expect(red.ok).toBe(false);
    expect(red.parts['series_writer']?.detail).toMatch(
      /^stands still since \d{4}-.*Z \(\d+ s\): series_unavailable: .* entries wait\. Start the series engine/,
    );
    expect((await fetch(`${steward.httpUrl}/readyz`)).status).toBe(503);
    const ticket = await eventually('it has a ticket', ownTicket);
    expect(ticket).toMatchObject({
      asset: 'gw-1',
      severity: 'critical',
      assignee: 'boss',
      fault_active: true,
    });
    expect(lines.some((line) => line['step'] === 'series_writer' && line['level'] === 50)).toBe(true);
    const figures = await (await fetch(`${steward.httpUrl}/metrics`)).text();
    expect(figures).toContain('steward_step_stands_still{step="series_writer"} 1\n');
    expect(Number(/^steward_series_retries_total (\d+)$/m.exec(figures)?.[1])).toBeGreaterThan(0);
    expect(
      Number(/^steward_journal_oldest_age_seconds\{follower="series"\} (\S+)$/m.exec(figures)?.[1]),
    ).toBeGreaterThan(1);

    await influxd.start();
    await eventually('its ticket is closed', async () => (await ownTicket())?.state === 'closed', 30_000);
    expect((await ready()).parts['series_writer']).toEqual({ ok: true, detail: 'goes on' });
  });
});
