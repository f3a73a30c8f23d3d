import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../app/config.ts';
import { openDataFolder } from '../app/data-folder.ts';
import { createDemoCredentials, demoPassword } from '../app/demo-credentials.ts';
import { ruleFilesOf } from '../app/rule-files.ts';
import { loadSites } from '../app/site-file.ts';
import { type Steward, startSteward } from '../app/steward.ts';
import { type FaultyLine, faultyLine, seededPump } from '../gateway/pump-controller.testkit.ts';
import { layWire, type Wire } from '../gateway/wire.testkit.ts';
import { loadRules } from '../rules/language/load.ts';
import { isMissing } from './engines.testkit.ts';
import { eventually, temporaryData } from './steward.testkit.ts';

const SITE = `
site: { id: court, name: Test Court, tz: Europe/London, lat: 51.5, lon: -0.1 }
people: [{ id: ann, name: Ann, role: manager }]
zones: [{ id: cellar, name: Cellar, steward: ann }]
assets:
  - { id: gw-cellar, kind: gateway, zone: cellar }
  - { id: pump-01, kind: pump, zone: cellar, gateway: gw-cellar }
`;

const configText = (path: string): string => `
sites: [site.yaml]
http: { port: 0 }
mqtt: { port: 0 }
gateway:
  site: court
  asset: gw-cellar
  lines:
    - path: ${path}
      poll_ms: 100
      timeout_ms: 100
      units: [{ unit: 1, asset: pump-01, kind: pump, profile: pump-controller }]
`;

const data = temporaryData();
let wire: Wire;
let line: FaultyLine;
let steward: Steward;
let ask: <T>(path: string) => Promise<T>;
const pump = seededPump(11);
const closers: (() => unknown)[] = [];

beforeEach(async () => {
  wire = await layWire();
  line = await faultyLine(wire, new Map([[1, pump]]));
  await mkdir(data.path, { recursive: true });
  const file = join(data.path, 'steward.yaml');
  await writeFile(file, configText(wire.near));
  await writeFile(join(data.path, 'site.yaml'), SITE);
  const config = loadConfig({ file, environment: {}, flags: { data: join(data.path, 'kept') } });
  const sites = loadSites(config.sites);
  const folder = openDataFolder(config.data);
  closers.push(() => folder.close(), data.remove);
  steward = await startSteward({
    config,
    folder,
    sites,
    rules: loadRules(ruleFilesOf(config)),
    log: pino({ level: 'silent' }),
    upSince: Date.now(),
    prepare: (records) => createDemoCredentials(records, folder, sites[0]!),
  });
  steward.goLive();
  const authorization = `Basic ${Buffer.from(`ann:${demoPassword(folder, 'ann')}`).toString('base64')}`;
  ask = async <T>(path: string) => {
    const response = await fetch(`${steward.httpUrl}${path}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
});
afterEach(async () => {
  await steward?.close();
  await line?.port.close();
  await wire?.close();
  for (const close of closers) close();
});

it.skipIf(isMissing('socat'))(
  'brings what a wired pump controller measures to the API, by the way of every reading',
  async () => {
    const metrics = ['power_w', 'flow_m3_h', 'run_h', 'running'];
    const path = `/api/v1/assets/pump-01/readings?metrics=${metrics.join(',')}`;
    const rows = await eventually('readings of pump-01', async () => {
      const { items } = await ask<{ items: readonly { values: Record<string, number> }[] }>(path);
      return items.length >= 3 && items;
    });
    const truth = Object.fromEntries(metrics.map((metric) => [metric, pump.values()[metric]]));
    for (const { values } of rows) expect(values).toEqual(truth);

    // A bit that the wire turned is no reading, and no rejection either: it never gets so far.
    line.always(1, 'wrong_crc');
    const asked = line.asked.get(1)!;
    await eventually('bad answers', () => line.asked.get(1)! >= asked + 3);
    const quarantined = await ask<{ items: readonly unknown[] }>('/api/v1/quarantine');
    expect(quarantined.items).toEqual([]);
  },
);
