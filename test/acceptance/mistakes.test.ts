import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSteward, startDemoProcess, temporaryData } from '../steward.testkit.ts';

const demo = resolve(import.meta.dirname, '../../examples/demo');
const folder = temporaryData();
afterAll(() => folder.remove());

function write(name: string, text: string): string {
  const file = join(folder.path, name);
  writeFileSync(file, text);
  return file;
}

/** A configuration whose site file is the demo's with one thing changed. */
function configWith(change: (site: string) => string, more = ''): string {
  copyFileSync(join(demo, 'assets.csv'), join(folder.path, 'assets.csv'));
  write('site.yaml', change(readFileSync(join(demo, 'site.yaml'), 'utf8')));
  return write(
    'steward.yaml',
    `sites: [site.yaml]\ndata: data\nhttp: { port: 0 }\nmqtt: { port: 0 }\n${more}`,
  );
}

describe('a start that cannot be', () => {
  let port = 0;
  const taken = createServer();
  beforeAll(async () => {
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    port = (taken.address() as AddressInfo).port;
  });
  afterAll(() => taken.close());

  it.each<[string, Record<string, string>, string]>([
    [
      'a taken HTTP port',
      { STEWARD_MQTT_PORT: '0', STEWARD_HTTP_PORT: 'taken' },
      'port_taken: HTTP 127.0.0.1:',
    ],
    ['a taken MQTT port', { STEWARD_HTTP_PORT: '0', STEWARD_MQTT_PORT: 'taken' }, 'port_taken: '],
    ['an unwritable folder', { STEWARD_DATA: '/proc/steward' }, 'data_unwritable: /proc/steward: '],
    ['a folder that is a file', { STEWARD_DATA: 'file' }, 'data_unwritable: '],
    [
      'an unknown setting',
      { STEWARD_HTTP_PROT: '1' },
      'config_invalid: environment: STEWARD_HTTP_PROT is no setting',
    ],
  ])(
    'because of %s says so in one line and ends with an error',
    async (_, settings, message) => {
      const file = write('a-file', '');
      const data = temporaryData();
      const environment = Object.fromEntries(
        Object.entries({ STEWARD_DATA: data.path, ...settings }).map(([name, value]) => [
          name,
          value === 'taken' ? String(port) : value === 'file' ? file : value,
        ]),
      );
      const { code, err } = await runSteward(['start', '--demo'], environment);
      data.remove();
      expect(err).toContain(`steward: ${message}`);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(code).toBeGreaterThan(0);
    },
    60_000,
  );

  it('because another Steward works in the folder', async () => {
    const data = temporaryData();
    const first = await startDemoProcess({ data: data.path });
    const { code, err } = await runSteward(['start', '--demo', '--data', data.path], {
      STEWARD_HTTP_PORT: '0',
      STEWARD_MQTT_PORT: '0',
    });
    expect(err).toContain('steward: data_locked: ');
    expect(code).toBe(1);
    await first.stop();
    data.remove();
  }, 60_000);
});

describe('steward check tells every mistake with its place', () => {
  const MISSPELT = `groups:
- name: own
  rules:
  - rule: LampHot
    on: luminaire
    when: temprature_c > 90.0
    ticket: { title: "Lamp {asset.id} is hot" }
`;
  it.each<[string, () => string, RegExp]>([
    [
      'an unknown key',
      () => configWith((site) => site.replace('zones:', 'zonez:')),
      /site_invalid: .*site\.yaml:\d+:\d+: zonez: unknown key "zonez" \(did you mean "zones"\?\)/,
    ],
    [
      'a zone without steward',
      () => configWith((site) => site.replace(/^ {4}steward: .*\n/m, '')),
      /site_invalid: .*site\.yaml:\d+:\d+: zones\[0\]\.steward: is missing/,
    ],
    [
      'a duplicate asset',
      () => {
        const config = configWith((site) => site);
        const csv = readFileSync(join(demo, 'assets.csv'), 'utf8').trimEnd();
        write('assets.csv', `${csv}\n${csv.split('\n')[1]}\n`);
        return config;
      },
      /site_invalid: .*assets\.csv:\d+: the asset ".*" is already at .*assets\.csv:2/,
    ],
    [
      'a rule with a misspelt metric',
      () => {
        mkdirSync(join(folder.path, 'rules'), { recursive: true });
        write('rules/own.yaml', MISSPELT);
        return configWith((site) => site, 'rules: { files: [rules/own.yaml] }\n');
      },
      /rule_invalid: .*rules\/own\.yaml:6:11: .*temprature_c.*did you mean "temperature_c"/,
    ],
  ])('%s', async (_, config, message) => {
    const { code, err } = await runSteward(['check', '--config', config()]);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it('and finds none in the demo', async () => {
    const { code, out, err } = await runSteward(['check', '--config', configWith((site) => site)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('no mistakes');
  });
});
